/* The plan's checks: a query each, or one for several conditions on the same rows. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/os.h"
#include "base/text.h"
#include "verify/verify_int.h"

#define SQL_MAX (1u << 24)

void verify_add(VerifyReport *report, VerifyResult result, Arena *mem)
{
    size_t cap = (size_t)report->cap;
    report->results = arena_grow(mem, report->results, &cap, (size_t)report->nresults + 1,
                                 sizeof *report->results);
    report->cap = (int)cap;
    report->results[report->nresults++] = result;
    if (result.passed)
        report->passed++;
    else
        report->failed++;
}

static const char *failure_text(const VerifyResult *r, Arena *mem)
{
    const char *found = text_count(r->found, mem);
    switch (r->kind) {
    case CHECK_ROWS:
        return arena_printf(mem, "%s rows, and the ledger says %s", found,
                            text_count(r->expected, mem));
    case CHECK_ORPHANS:
        return arena_printf(mem, "%s without a parent", text_plural(r->found, "row", mem));
    case CHECK_DUPLICATES:
        return arena_printf(mem, "%s that should be unique",
                            text_plural(r->found, "repeated value", mem));
    case CHECK_NULLS:
        return arena_printf(mem, "%s with NULL in a NOT NULL column",
                            text_plural(r->found, "row", mem));
    case CHECK_CONDITION:
        return arena_printf(mem, "%s against the recipe's check",
                            text_plural(r->found, "row", mem));
    case CHECK_CELLS:
        return arena_printf(mem, "%s %s not what the generators make",
                            text_plural(r->found, "cell", mem), r->found == 1 ? "is" : "are");
    }
    return found;
}

/* Checks from this one on that conditions on the same rows tell apart. */
static int together(const VerifyCheck *checks, int n)
{
    int k = 1;
    while (k < n && checks[0].rows && checks[k].rows && strcmp(checks[0].rows, checks[k].rows) == 0)
        k++;
    return k;
}

/* What each of n checks finds, asked in one query. */
static bool ask(Db *db, const VerifyCheck *checks, int n, int64_t *found, Arena *mem, Err *err)
{
    if (n == 1)
        return db_query_i64(db, checks->sql, NULL, 0, -1, found, mem, err);
    Buf sql;
    buf_init(&sql, SQL_MAX);
    for (int i = 0; i < n; i++)
        buf_printf(&sql, "%scount(CASE WHEN %s THEN 1 END)", i ? ", " : "SELECT ", checks[i].cond);
    for (int i = 0; i < n; i++)
        buf_printf(&sql, "%s(%s)", i ? " OR " : arena_printf(mem, "%s(", checks->rows),
                   checks[i].cond);
    buf_byte(&sql, ')');
    DbResult r;
    bool ok = db_query(db, buf_cstr(&sql), NULL, 0, &r, mem, err);
    for (int i = 0; ok && i < n; i++)
        found[i] = strtoll(db_cell(&r, 0, i), NULL, 10);
    buf_free(&sql);
    return ok;
}

static bool conclude(const Plan *plan, const VerifyCheck *check, int64_t found, uint64_t start,
                     VerifyReport *report, Log *log, Arena *mem, Err *err)
{
    const TablePlan *tp = &plan->tables[check->table];
    VerifyResult result = {.kind = check->kind,
                           .table = tp->table->name,
                           .name = check->name,
                           .expected = check->expected,
                           .found = found};
    if (check->kind == CHECK_ROWS) /* rows may have been rejected since the plan was made */
        result.expected = (int64_t)(tp->rows - tp->gone_rows) - check->elsewhere;
    result.passed = found == result.expected || (check->at_least && found > result.expected);
    verify_add(report, result, mem);
    log_event(log, result.passed ? LOG_DEBUG : LOG_ERROR, "verify.check",
              "{s:s, s:s, s:I, s:I, s:b, s:I}", "check", check_kind_name(check->kind), "name",
              check->name, "expected", (json_int_t)result.expected, "found", (json_int_t)found,
              "passed", result.passed, "ms", (json_int_t)((os_monotonic_us() - start) / 1000));
    return result.passed ||
           err_add(mem, err, ERR_VERIFY, NULL,
                   arena_printf(mem, "%s: %s", check_kind_name(check->kind), check->name), "%s",
                   failure_text(&result, mem));
}

bool verify_keys(Db *db, const Plan *plan, VerifyReport *report, Log *log, Arena *mem, Err *err)
{
    bool ok = true;
    int64_t *found = arena_array(mem, int64_t, plan->nchecks + 1);
    for (int i = 0, n; i < plan->nchecks; i += n) {
        const VerifyCheck *checks = &plan->checks[i];
        n = together(checks, plan->nchecks - i);
        uint64_t start = os_monotonic_us();
        if (!ask(db, checks, n, found, mem, err))
            return err_hint(mem, err, "while checking %s: %s%s", check_kind_name(checks->kind),
                            checks->name, n > 1 ? ", and what else is asked of its rows" : "");
        for (int c = 0; c < n; c++)
            ok = conclude(plan, &checks[c], found[c], start, report, log, mem, err) && ok;
    }
    return ok;
}
