/* Which Lua this is, for `seedpipe version`. */
#include <lua.h>

#include "recipe/recipe.h"

const char *recipe_lua_version(void)
{
    return LUA_VERSION_MAJOR "." LUA_VERSION_MINOR "." LUA_VERSION_RELEASE;
}
