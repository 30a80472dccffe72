/* A recipe that is another than the one that filled the target: what differs, from the sources that
 * the ledger kept of that run, and the commands that lead on. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "exec/exec_int.h"
#include "recipe/recipe.h"

#define SHOWN_MAX 40

static const char *clock_text(bool has, int64_t clock, Arena *mem)
{
    Buf out;
    if (!has)
        return "none";
    buf_init(&out, 64);
    buf_timestamp(&out, clock, 0);
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

/* Seed and clock are those of the run: an option may have set them, then or now. */
static int diff_start(Session *s, const LedgerRun *earlier)
{
    const PlanOptions *o = &s->options->plan;
    uint64_t seed = o->has_seed ? o->seed : s->recipe->seed;
    int64_t clock = 0;
    bool had = earlier->clock && calendar_parse_timestamp(earlier->clock, &clock);
    const char *before = clock_text(had, clock, s->mem);
    const char *now = clock_text(o->has_clock || s->recipe->has_clock,
                                 o->has_clock ? o->clock : s->recipe->clock, s->mem);
    int found = s->err->count;
    if (seed != earlier->seed)
        err_add(s->mem, s->err, ERR_CHANGED, NULL, "seed", "was %" PRIu64 ", is %" PRIu64 "%s",
                earlier->seed, seed, o->has_seed ? " (--seed)" : "");
    if (strcmp(before, now) != 0)
        err_add(s->mem, s->err, ERR_CHANGED, NULL, "clock", "was %s, is %s%s", before, now,
                o->has_clock ? " (--as-of)" : "");
    return s->err->count - found;
}

/* Sources that this seedpipe cannot read any more are no reason to fail otherwise than said. */
static int diff_recipe(Session *s, const LedgerRun *earlier)
{
    Err ignored = {0};
    RecipeSource *sources = NULL;
    RecipeChange *changes = NULL;
    int n = 0;
    if (!ledger_sources(&s->ledger, earlier->id, &sources, &n, s->mem, &ignored))
        return 0;
    const Recipe *before = recipe_load_sources(sources, n, s->mem, &ignored);
    if (!before)
        return 0;
    int differences = recipe_diff(before, s->recipe, &changes, s->mem);
    for (int i = 0; i < differences && i < SHOWN_MAX; i++)
        err_add(s->mem, s->err, ERR_CHANGED, changes[i].where, changes[i].subject, "%s",
                changes[i].text);
    if (differences > SHOWN_MAX)
        err_add(s->mem, s->err, ERR_CHANGED, NULL, s->recipe->name, "and %s more",
                text_plural(differences - SHOWN_MAX, "difference", s->mem));
    return differences;
}

static const RecipeSource *source_named(const RecipeSource *sources, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(sources[i].name, name) == 0)
            return &sources[i];
    return NULL;
}

/* Data that came from a package and is other data than the earlier run read; NULL: none. */
static const char *other_data(Session *s, const LedgerRun *earlier)
{
    Err unreadable = {0};
    RecipeSource *kept = NULL;
    int n = 0;
    if (!ledger_sources(&s->ledger, earlier->id, &kept, &n, s->mem, &unreadable))
        return NULL;
    for (int i = 0; i < s->recipe->nsources; i++) {
        const RecipeSource *now = &s->recipe->sources[i];
        const char *data = recipe_source_data(now->name, s->mem);
        const RecipeSource *then = data ? source_named(kept, n, now->name) : NULL;
        if (then && (then->len != now->len || memcmp(then->text, now->text, now->len) != 0))
            return data;
    }
    return NULL;
}

bool session_recipe_changed(Session *s, const LedgerRun *earlier)
{
    const char *data = other_data(s, earlier);
    if (data) {
        err_add(s->mem, s->err, ERR_CHANGED, s->recipe->path, s->recipe->name,
                "%s changed since run %s of %s UTC filled this target", data, earlier->id,
                earlier->started);
        return err_hint(
            s->mem, s->err,
            "another version of the package? Install the one that the run read, or name its "
            "files (locales: in the environment file); --restart removes those rows "
            "and runs anew");
    }
    err_add(s->mem, s->err, ERR_CHANGED, s->recipe->path, s->recipe->name,
            "the recipe changed since run %s of %s UTC filled this target", earlier->id,
            earlier->started);
    err_hint(
        s->mem, s->err,
        "seedpipe run %s --restart removes its rows and makes them anew; seedpipe rollback %s "
        "only removes them; another name = in the recipe leaves them alone; with the recipe as it "
        "was, seedpipe modify adds, changes and deletes rows",
        s->options->recipe, earlier->id);
    if (diff_start(s, earlier) + diff_recipe(s, earlier) == 0)
        err_add(s->mem, s->err, ERR_CHANGED, NULL, s->recipe->name,
                "it reads the same, but the seedpipe that made the run read it otherwise");
    return false;
}
