# shellcheck shell=bash
# For CLI tests of modify: `both ARGS...` shows what a command does, says so when its dry run says something else, and when
# `verify --level full` then fails. `refused ARGS...` shows why nothing was done, and that nothing was. The test sets RECIPE
# and TABLES.

# A checksum of all rows, and of the ledger's record of changes.
state() {
    local t all=
    for t in ${TABLES//,/ }; do
        all="$all SELECT * FROM $t;"
    done
    sql "$all SELECT count(*) FROM ${LEDGER:-seedpipe_}changes" | sort | cksum
}

counts() {
    local t all=
    for t in ${TABLES//,/ }; do
        all="$all, (SELECT count(*) FROM $t)"
    done
    echo "   rows: $(sql "SELECT ${all#, }" | tr '\t' ' ')"
}

# Names of constraints differ, and MySQL calls NO ACTION so where MariaDB says RESTRICT.
plain() { sed -E 's/\([A-Za-z_" ]+( \([A-Za-z_, ]+\))?, (NO ACTION|RESTRICT)\)/(KEY, NO ACTION)/; s/"RESTRICT"/"NO ACTION"/g; s/^/   /'; }

# deleted, cleared, updated, inserted, the user's own of the deleted
numbers() {
    jq -c '[.tables[] | [.table, .deleted, .cleared, .updated, .inserted, .own]], [.references[] | [.table, .references, .action, .rows]], [.columns, .spared]' | grep -vxE '\[\]|\[null,0\]'
}

# verify --level full: only a failure is shown.
proved() {
    sp verify "$RECIPE" --level full >verify.txt 2>&1 || { echo "   NOT VERIFIED"; grep -i -e error -e fail verify.txt; }
}

both() {
    local before
    before=$(state)
    echo "== $*"
    sp modify "$RECIPE" "$@" --dry-run --output json >dry.json 2>dry.err || { echo "   dry run: exit $?"; cat dry.err; return 0; }
    [ "$(state)" = "$before" ] || echo "   THE DRY RUN CHANGED SOMETHING"
    sp modify "$RECIPE" "$@" --yes --output json >done.json 2>done.err || { echo "   exit $?"; cat done.err; return 0; }
    numbers <dry.json >dry.txt
    numbers <done.json >done.txt
    cmp dry.txt done.txt
    plain <done.txt
    counts
    proved
}

refused() {
    local before code=0
    before=$(state)
    echo "== $*"
    sp modify "$RECIPE" "$@" --yes >out.txt 2>err.txt || code=$?
    plain <err.txt
    [ "$code" -ne 0 ] || cat out.txt
    echo "   exit $code"
    [ "$(state)" = "$before" ] || echo "   SOMETHING CHANGED"
}
