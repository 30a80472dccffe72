/* seedpipe generators: the catalogue by family, or one generator with its parameters. */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/cli_int.h"
#include "gen/gen.h"
#include "recipe/recipe.h"

#define SAMPLES      5
#define SAMPLE_WIDTH 44

static const char *samples_of(const char *const *samples, int g, int most, Arena *mem)
{
    if (!samples)
        return "";
    const char *text = "";
    for (int i = 0; i < SAMPLES && i < most; i++) {
        const char *one = samples[g * SAMPLES + i];
        one = term_clean(one, strlen(one), mem);
        const char *more = arena_printf(mem, "%s%s%s", text, i ? ", " : "", one);
        size_t width = utf8_length(more, strlen(more));
        if (width > SAMPLE_WIDTH && i > 0)
            break;
        text = more;
        if (width > SAMPLE_WIDTH)
            return arena_printf(mem, "%.*s...",
                                (int)utf8_prefix(text, strlen(text), SAMPLE_WIDTH - 3), text);
    }
    return text;
}

/* Families in the order in which they first come, each once. */
int generator_families(const GenDef *const *all, int n, const char **out)
{
    int count = 0;
    for (int g = 0; g < n; g++) {
        int k = 0;
        while (k < count && strcmp(out[k], all[g]->family) != 0)
            k++;
        if (k == count)
            out[count++] = all[g]->family;
    }
    return count;
}

static void print_list(App *app, const GenDef *const *all, int n, const char *const *samples)
{
    const char **names = arena_array(app->mem, const char *, n);
    int count = generator_families(all, n, names);
    const Term *term = &app->out;
    for (int f = 0; f < count; f++) {
        fprintf(term->file, "%s", f ? "\n" : "");
        term_put(term, STYLE_BOLD, names[f]);
        fputc('\n', term->file);
        Grid *grid = grid_new("lll", app->mem);
        for (int g = 0; g < n; g++)
            if (strcmp(all[g]->family, names[f]) == 0)
                grid_row(grid, STYLE_NONE,
                         (const char *[]){all[g]->name, samples_of(samples, g, SAMPLES, app->mem),
                                          all[g]->doc});
        grid_print(grid, term, 2);
    }
    fprintf(term->file, "\n%s; `seedpipe generators NAME` shows the parameters of one.\n",
            text_plural(n, "generator", app->mem));
}

const char *generator_limits(const GenParam *p, Arena *mem)
{
    const char *kind = param_kind_text(p->kind);
    bool bounded = p->min < p->max && (p->kind == PARAM_INT || p->kind == PARAM_NUMBER);
    if (!bounded || (p->min <= -9e15 && p->max >= 9e15))
        return kind;
    if (p->max >= 9e15)
        return arena_printf(mem, "%s, at least %.15g", kind, p->min);
    if (p->min <= -9e15)
        return arena_printf(mem, "%s, at most %.15g", kind, p->max);
    return arena_printf(mem, "%s from %.15g to %.15g", kind, p->min, p->max);
}

static void print_one(App *app, const GenDef *gen, int g, const char *const *samples)
{
    const Term *term = &app->out;
    Arena *mem = app->mem;
    term_put(term, STYLE_BOLD, gen->name);
    fprintf(term->file, " (%s)\n", gen->family);
    term_wrap(term->file, gen->doc, 0, 0, 78);
    if (gen->pii)
        fprintf(term->file, ":pii() marks it as %s.\n", gen->pii);
    fprintf(term->file, "\n  %s\n", gen->example);
    for (int i = 0; samples && i < SAMPLES; i++) {
        const char *one = samples[g * SAMPLES + i];
        fprintf(term->file, "  %s-> %s%s\n", term_style(term, STYLE_DIM),
                term_clean(one, strlen(one), mem), term_style(term, STYLE_NONE));
    }
    for (int i = 0; recipe_record_member(gen->name, i); i++)
        fprintf(term->file, "%s%s", i ? ", ." : "\nValues: .", recipe_record_member(gen->name, i));
    if (recipe_record_member(gen->name, 0))
        fputc('\n', term->file);
    if (gen->nparams == 0) {
        fputs("\nNo parameters.\n", term->file);
        return;
    }
    fputs("\nParameters, by position or by name:\n", term->file);
    for (int i = 0; i < gen->nparams; i++) {
        const GenParam *p = &gen->params[i];
        const char *state = p->required       ? "needed"
                            : p->default_text ? arena_printf(mem, "default: %s", p->default_text)
                                              : "may be left out";
        fprintf(term->file, "  %s%s%s: %s (%s)\n      ", term_style(term, STYLE_CYAN), p->name,
                term_style(term, STYLE_NONE), generator_limits(p, mem), state);
        term_wrap(term->file, p->doc ? p->doc : "", 6, 6, 78);
    }
}

static json_t *json_gen(const GenDef *gen, int g, const char *const *samples, Arena *mem)
{
    json_t *params = json_array(), *values = json_array();
    for (int i = 0; i < gen->nparams; i++) {
        const GenParam *p = &gen->params[i];
        bool bounded = p->min < p->max && (p->kind == PARAM_INT || p->kind == PARAM_NUMBER);
        json_t *param =
            json_pack("{s:o, s:o, s:b, s:o, s:o}", "name", json_text(p->name, mem), "kind",
                      json_text(param_kind_text(p->kind), mem), "required", p->required, "default",
                      json_text(p->default_text, mem), "doc", json_text(p->doc, mem));
        if (bounded) {
            json_object_set_new(param, "min", json_real(p->min));
            json_object_set_new(param, "max", json_real(p->max));
        }
        json_array_append_new(params, param);
    }
    for (int i = 0; samples && i < SAMPLES; i++)
        json_array_append_new(values, json_text(samples[g * SAMPLES + i], mem));
    json_t *members = json_array();
    for (int i = 0; recipe_record_member(gen->name, i); i++)
        json_array_append_new(members, json_text(recipe_record_member(gen->name, i), mem));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
                     json_text(gen->name, mem), "family", json_text(gen->family, mem), "doc",
                     json_text(gen->doc, mem), "example", json_text(gen->example, mem), "pii",
                     json_text(gen->pii, mem), "members", members, "parameters", params, "sample",
                     json_text(samples ? samples[g * SAMPLES] : NULL, mem), "samples", values);
}

static void print_json(App *app, json_t *json)
{
    json_dumpf(json, app->out.file, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    fputc('\n', app->out.file);
    json_decref(json);
}

static bool unknown(App *app, const char *name, const GenDef *const *all, int n)
{
    const char **names = arena_array(app->mem, const char *, n);
    for (int g = 0; g < n; g++)
        names[g] = all[g]->name;
    const char *near = name_nearest(name, names, (size_t)n);
    err_add(app->mem, &app->err, ERR_USAGE, NULL, NULL, "there is no generator \"%.80s\"", name);
    return near ? err_hint(app->mem, &app->err, "did you mean %s?", near)
                : err_hint(app->mem, &app->err, "seedpipe generators lists them");
}

bool cmd_generators(App *app)
{
    int n = 0;
    const GenDef *const *all = generator_catalogue(&n, app->mem);
    const char *name = app->o.args[0];
    bool json = app->o.output == OUTPUT_JSON, found = !name;
    for (int g = 0; g < n; g++)
        found = found || strcmp(all[g]->name, name) == 0;
    if (!found)
        return unknown(app, name, all, n);
    const char *const *samples = generator_samples(SAMPLES, app->mem);
    if (app->o.markdown) {
        generators_markdown(app->out.file, all, n, samples, SAMPLES, app->mem);
        return true;
    }
    json_t *list = json ? json_array() : NULL;
    for (int g = 0; g < n; g++) {
        if (name && strcmp(all[g]->name, name) != 0)
            continue;
        if (json)
            json_array_append_new(list, json_gen(all[g], g, samples, app->mem));
        else if (name)
            print_one(app, all[g], g, samples);
    }
    if (json)
        print_json(app, list);
    else if (!name)
        print_list(app, all, n, samples);
    return true;
}
