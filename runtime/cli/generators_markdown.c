/* docs/generators.md, from the registry. A test compares the file with this. */
#include <string.h>

#include "base/utf8.h"
#include "cli/cli_int.h"
#include "gen/gen.h"
#include "recipe/recipe.h"

/* Some text as one line of a table or of code. */
static void put(FILE *out, const char *text)
{
    for (; *text; text++)
        if (*text == '\n')
            fputs("\\n", out);
        else
            fprintf(out, *text == '|' ? "\\|" : "%c", *text);
}

static void parameters(FILE *out, const GenDef *gen, Arena *mem)
{
    fputs("\n| parameter | kind | default | |\n|---|---|---|---|\n", out);
    for (int i = 0; i < gen->nparams; i++) {
        const GenParam *p = &gen->params[i];
        fprintf(out, "| `%s` | ", p->name);
        put(out, generator_limits(p, mem));
        fputs(p->required ? " | needed | " : p->default_text ? " | `" : " | | ", out);
        put(out, p->default_text ? p->default_text : "");
        fputs(p->default_text ? "` | " : "", out);
        put(out, p->doc ? p->doc : "");
        fputs(" |\n", out);
    }
}

#define SHOWN 70 /* characters of a sample */

static void section(FILE *out, const GenDef *gen, const char *const *samples, int n, Arena *mem)
{
    fprintf(out, "\n### %s\n\n%s", gen->name, gen->doc);
    if (gen->pii)
        fprintf(out, " `:pii()` marks it as %s.", gen->pii);
    fprintf(out, "\n\n```lua\n%s\n", gen->example);
    for (int i = 0; i < n; i++) {
        const char *one = term_clean(samples[i], strlen(samples[i]), mem);
        size_t most = utf8_prefix(one, strlen(one), SHOWN);
        fprintf(out, "--> %.*s%s\n", (int)most, one, one[most] ? "..." : "");
    }
    fputs("```\n", out);
    for (int i = 0; recipe_record_member(gen->name, i); i++)
        fprintf(out, "%s`%s`", i ? ", " : "\nIts values: ", recipe_record_member(gen->name, i));
    if (recipe_record_member(gen->name, 0))
        fputs(".\n", out);
    if (gen->nparams)
        parameters(out, gen, mem);
}

void generators_markdown(FILE *out, const GenDef *const *all, int n, const char *const *samples,
                         int nsamples, Arena *mem)
{
    fputs("# Generators\n"
          "\n"
          "<!-- Made by `seedpipe generators --markdown > docs/generators.md`: do not edit. -->\n"
          "\n"
          "What can stand behind a `=` in a [recipe](recipe.md#generators). Parameters go by "
          "position or by name. The samples are those of one seed.\n\n",
          out);
    const char **names = arena_array(mem, const char *, n);
    int families = generator_families(all, n, names);
    for (int f = 0; f < families; f++) {
        fprintf(out, "- **%s**:", names[f]);
        for (int g = 0; g < n; g++)
            if (strcmp(all[g]->family, names[f]) == 0)
                fprintf(out, " [%s](#%s)", all[g]->name, all[g]->name);
        fputc('\n', out);
    }
    for (int f = 0; f < families; f++) {
        fprintf(out, "\n## %s\n", names[f]);
        for (int g = 0; g < n; g++)
            if (strcmp(all[g]->family, names[f]) == 0)
                section(out, all[g], samples + (size_t)g * (size_t)nsamples,
                        nsamples < 3 ? nsamples : 3, mem);
    }
}
