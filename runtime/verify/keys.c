/* The plan's checks, one query each. */
#include "base/os.h"
#include "base/text.h"
#include "verify/verify_int.h"

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

bool verify_keys(Db *db, const Plan *plan, VerifyReport *report, Log *log, Arena *mem, Err *err)
{
    bool ok = true;
    for (int i = 0; i < plan->nchecks; i++) {
        const VerifyCheck *check = &plan->checks[i];
        VerifyResult result = {
            .kind = check->kind, .name = check->name, .expected = check->expected};
        result.table = plan->tables[check->table].table->name;
        const TablePlan *tp = &plan->tables[check->table];
        if (check->kind == CHECK_ROWS) /* rows may have been rejected since the plan was made */
            result.expected = (int64_t)(tp->rows - tp->gone_rows) - check->elsewhere;
        uint64_t start = os_monotonic_us();
        if (!db_query_i64(db, check->sql, NULL, 0, -1, &result.found, mem, err))
            return err_hint(mem, err, "while checking %s: %s", check_kind_name(check->kind),
                            check->name);
        result.passed =
            result.found == result.expected || (check->at_least && result.found > result.expected);
        verify_add(report, result, mem);
        log_event(log, result.passed ? LOG_DEBUG : LOG_ERROR, "verify.check",
                  "{s:s, s:s, s:I, s:I, s:b, s:I}", "check", check_kind_name(check->kind), "name",
                  check->name, "expected", (json_int_t)result.expected, "found",
                  (json_int_t)result.found, "passed", result.passed, "ms",
                  (json_int_t)((os_monotonic_us() - start) / 1000));
        if (!result.passed)
            ok = err_add(mem, err, ERR_VERIFY, NULL,
                         arena_printf(mem, "%s: %s", check_kind_name(check->kind), check->name),
                         "%s", failure_text(&result, mem));
    }
    return ok;
}
