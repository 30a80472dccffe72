/* The Lua files of lua/, bundled into the binary by the build. */
#ifndef SEEDPIPE_RECIPE_LUA_BUNDLE_H
#define SEEDPIPE_RECIPE_LUA_BUNDLE_H

#include <stddef.h>

struct LuaBundle {
    const char *name; /* path below lua/ without .lua */
    const unsigned char *bytes;
    size_t len;
};
extern const struct LuaBundle lua_bundle[];
extern const size_t lua_bundle_count;

#endif
