/* state_machine: a row goes from state to state, each left after a time of its own, until its next
 * step would lie after the clock. Status and moments are columns of one path: each walks it again,
 * from the same stream. Step s takes draw s: one word for the next state, one for the time. */
#include <string.h>

#include "base/calendar.h"
#include "gen/family_int.h"

#define STEPS_MAX 64 /* of a machine that goes round */
#define STATUS    (-1)
#define SINCE     (-2)

typedef struct State {
    Str name;
    Alias next;
    const int16_t *to; /* -1: stays */
    int n;
    Duration after;
} State;

typedef struct Machine {
    const State *states;
    int start, show; /* STATUS, SINCE, or the state whose moment is wanted */
    uint64_t key;
    int64_t clock;
    bool date;
} Machine;

/* ---- filling */

/* When a state that was entered at a moment is left. */
static int64_t left_at(const Machine *m, const Duration *d, int64_t from, uint64_t word)
{
    int64_t day = m->date ? from : calendar_day_of(from), per_day = m->date ? 1 : MICROS_PER_DAY;
    int64_t step = m->date ? 1 : MICROS_PER_SECOND, low = from, high = from;
    if (d->max_months) {
        low += (calendar_add_months(day, d->min_months) - day) * per_day;
        high += (calendar_add_months(day, d->max_months) - day) * per_day;
    }
    low += m->date ? d->min_micros / MICROS_PER_DAY : d->min_micros;
    high += m->date ? d->max_micros / MICROS_PER_DAY : d->max_micros;
    if (high <= low)
        return low;
    return low + (int64_t)rng_below(word, (uint64_t)(high - low) / (uint64_t)step + 1) * step;
}

typedef struct Path {
    int state;
    int64_t since, moment; /* moment: when the wanted state was entered first */
    bool reached;
} Path;

static Path walk(const Machine *m, uint64_t row, uint32_t generation, int64_t from)
{
    Path p = {.state = m->start, .since = from, .moment = from, .reached = m->show == m->start};
    for (uint32_t step = 0; step < STEPS_MAX && !p.reached; step++) {
        const State *s = &m->states[p.state];
        if (!s->n)
            break;
        Rand2 r = rng_draw(m->key, row, generation, step);
        int to = s->to[alias_pick(&s->next, r.a)];
        int64_t at = to < 0 ? 0 : left_at(m, &s->after, p.since, r.b);
        if (to < 0 || at > m->clock)
            break;
        p.state = to;
        p.since = at;
        if (to == m->show) {
            p.moment = at;
            p.reached = true;
        }
    }
    return p;
}

static void fill_status(const GenCall *c, Vec *out)
{
    const Machine *m = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++)
        if (!vec_is_null(c->args[0], k))
            out->s[k] =
                m->states[walk(m, c->rows[k], gen_generation(c, k), c->args[0]->i[k]).state].name;
}

static void fill_moment(const GenCall *c, Vec *out)
{
    const Machine *m = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        out->i[k] = 0;
        if (vec_is_null(c->args[0], k))
            continue;
        Path p = walk(m, c->rows[k], gen_generation(c, k), c->args[0]->i[k]);
        if (m->show == SINCE)
            out->i[k] = p.since;
        else if (p.reached)
            out->i[k] = p.moment;
        else
            vec_nulls(out, c->scratch)[k] = 1;
    }
}

/* ---- binding */

static int state_index(const Value *states, const char *name)
{
    for (int i = 0; i < states->count; i++)
        if (strcmp(states->items[i].items[0].text, name) == 0)
            return i;
    return -1;
}

static bool bind_state(GenBind *b, const Value *states, int i, State *out)
{
    const Value *item = &states->items[i], *next = &item->items[1];
    *out = (State){.name = {item->items[0].text, (uint32_t)item->items[0].len},
                   .n = next->count,
                   .after = item->items[2].duration};
    const Duration *d = &out->after;
    if (d->min_months < 0 || d->min_micros < 0 || d->max_months < d->min_months ||
        d->max_micros < d->min_micros || d->max_months > 12000 ||
        d->max_micros > 366000 * MICROS_PER_DAY) {
        gen_bind_error(b, ERR_RECIPE,
                       "state_machine: state \"%s\" is left after a time from 0 to a thousand "
                       "years, the smaller number first",
                       out->name.p);
        return err_hint(b->mem, b->err, "for example after = days(1, 5)");
    }
    int16_t *to = arena_array(b->mem, int16_t, next->count + 1);
    for (int k = 0; k < next->count; k++)
        to[k] = (int16_t)state_index(states, next->items[k].text); /* "stay": -1 */
    out->to = to;
    if (next->count)
        out->next = alias_new(next->weights, (uint32_t)next->count, b->mem);
    return true;
}

static void reach(const State *states, int from, bool *seen)
{
    seen[from] = true;
    for (int k = 0; k < states[from].n; k++)
        if (states[from].to[k] >= 0 && !seen[states[from].to[k]])
            reach(states, states[from].to[k], seen);
}

static bool bind_states(GenBind *b, Machine *m)
{
    const Value *given = gen_param(b, "states");
    const char *start = gen_param_text(b, "start", ""), *show = gen_param_text(b, "show", NULL);
    State *states = arena_array(b->mem, State, given->count + 1);
    bool *seen = arena_array(b->mem, bool, given->count + 1);
    if (given->count > 1000)
        return gen_bind_error(b, ERR_RECIPE, "state_machine: more than 1000 states");
    for (int i = 0; i < given->count; i++)
        if (!bind_state(b, given, i, &states[i]))
            return false;
    m->start = state_index(given, start);
    if (m->start < 0) {
        gen_bind_error(b, ERR_RECIPE, "state_machine: start = \"%s\" is no state", start);
        return err_hint(b->mem, b->err, "name one of those in states");
    }
    reach(states, m->start, seen);
    for (int i = 0; i < given->count; i++)
        if (!seen[i]) {
            gen_bind_error(b, ERR_RECIPE, "state_machine: nothing leads from \"%s\" to \"%s\"",
                           start, states[i].name.p);
            return err_hint(b->mem, b->err, "is a name mistyped?");
        }
    m->states = states;
    m->show = !show ? STATUS : *show ? state_index(given, show) : SINCE;
    for (int i = 0; m->show == STATUS && i < given->count; i++)
        if ((int)states[i].name.n > b->out->type.length)
            b->out->type.length = (int)states[i].name.n;
    return true;
}

static bool bind_state_machine(GenBind *b)
{
    Machine *m = arena_new_of(b->mem, Machine);
    int at = gen_param_arg(b, "from");
    if (at < 0)
        return false;
    const Bound *from = b->out->args[at];
    m->date = from->type.kind == TYPE_DATE;
    if (!m->date && from->type.kind != TYPE_TIMESTAMP) {
        gen_bind_error(b, ERR_RECIPE, "state_machine: from must be a date or a timestamp, not %s",
                       type_text(&from->type, b->mem));
        return err_hint(b->mem, b->err, "for example from = t.created_at");
    }
    if (!b->node->record)
        return gen_bind_error(b, ERR_RECIPE,
                              "state_machine belongs to a table's row: make it where its columns "
                              "are assigned");
    b->out->type = (Type){.kind = TYPE_TEXT};
    if (!param_clock(b, &m->clock) || !bind_states(b, m))
        return false;
    m->clock = m->date ? calendar_day_of(m->clock) : m->clock;
    m->key =
        gen_stream_key(b->scope->plan->seed, b->scope->table->table->name, b->node->record, "");
    if (m->show != STATUS)
        b->out->type =
            m->date ? (Type){.kind = TYPE_DATE} : (Type){.kind = TYPE_TIMESTAMP, .with_zone = true};
    b->out->nullable = from->nullable || (m->show >= 0 && m->show != m->start);
    b->out->joint = m->key;
    b->out->state = m;
    b->out->fill = m->show == STATUS ? fill_status : fill_moment;
    return true;
}

static const GenParam state_machine_params[] = {
    {.name = "name", .kind = PARAM_TEXT, .doc = "tells two of a row apart"},
    {.name = "from",
     .kind = PARAM_NODE,
     .required = true,
     .doc = "when the row is in its first state: a date or timestamp, such as t.created_at"},
    {.name = "start", .kind = PARAM_TEXT, .required = true, .doc = "the first state"},
    {.name = "states",
     .kind = PARAM_STATES,
     .required = true,
     .doc = "for each state that is left: the next ones with weights, and after what time; "
            "\"stay\" has a weight like a state"},
    {.name = "show",
     .kind = PARAM_TEXT,
     .doc = "the moment of that state in place of the status, as flow.paid_at gives it"},
};
const GenDef gen_def_state_machine = {
    .name = "state_machine",
    .family = "behaviour",
    .doc = "A row's status by transitions with weights and times; flow.paid_at is when it came to "
           "\"paid\", NULL when it did not; nothing lies after the clock.",
    .example =
        "state_machine { from = t.created_at, start = \"open\", states = { open = { done = 90, "
        "lost = 10, after = days(1, 400) } } }",
    GEN_PARAMS(state_machine_params),
    .bind = bind_state_machine};
