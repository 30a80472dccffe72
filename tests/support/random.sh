# shellcheck shell=bash
# For tests/cli/modify_random.test: lives of targets, each of a random recipe (random_recipes.sh) and a random sequence of commands.

. "$SOURCE/tests/support/random_recipes.sh"

pick() { # one of the words
    shift $((RANDOM % $#))
    echo "$1"
}

some() { echo $(($1 + RANDOM % ($2 - $1 + 1))); }

chance() { [ $((RANDOM % 100)) -lt "$1" ]; }

empty_target() {
    case $ENGINE in
    sqlite) rm -f "${URL#sqlite:}"* ;;
    pg) sql "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS seedpipe CASCADE" >/dev/null 2>&1 ;;
    *)
        local t all="SET foreign_key_checks = 0"
        for t in $(sql "SHOW TABLES"); do all="$all; DROP TABLE \`$t\`"; done
        sql "$all"
        ;;
    esac
}

columns_of() {
    case $ENGINE in
    sqlite) sql "SELECT name FROM pragma_table_info('$1')" ;;
    pg) sql "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '$1' ORDER BY ordinal_position" ;;
    *) sql "SELECT column_name FROM information_schema.columns WHERE table_schema = database() AND table_name = '$1' ORDER BY ordinal_position" ;;
    esac
}

# Every row of every table, in the order of its text.
dump() {
    local t all=
    for t in $tables; do all="$all SELECT '$t'; SELECT * FROM $t;"; done
    sql "$all" | awk -v names=" $tables " '
        index(names, " " $0 " ") { t++ }
        { print t "\t" $0 }' | sort >"$1"
}

wrong() {
    echo "WRONG: $*"
    echo "seed $life of $ENGINE, recipe $recipe; what was done:"
    cat trail.txt
    echo "--- now"
    cat now.txt
    tail -n 20 out.txt err.txt
    diff before.txt after.txt | head -n 20 || true
    exit 1
}

proved() {
    sp verify "$recipe" --level full >out.txt 2>err.txt || wrong "verify: exit $?"
}

# where T COLUMNS: a condition
condition() {
    local c
    # shellcheck disable=SC2086
    c=$(pick $2)
    case $((RANDOM % 4)) in
    0) echo "$c = (SELECT min($c) FROM $1)" ;;
    1) echo "$c >= (SELECT max($c) FROM $1)" ;;
    2) echo "$c IS NULL" ;;
    3) echo "$c < (SELECT max($c) FROM $1) AND $c IS NOT NULL" ;;
    esac
}

chosen() { # T COLUMNS: words in args
    case $((RANDOM % 3)) in
    0) args+=(--count "$(some 1 6)") ;;
    1) args+=(--percentage "$(pick 1 10 30 60 100)") ;;
    2) args+=(--where "$(condition "$1" "$2")") ;;
    esac
}

# Counts go to tables by position or by name.
two_tables() { # SECOND: words in args
    local first=${args[0]} second=$1 a b
    a=$(some 1 20) b=$(some 1 20)
    args=("$first,$second")
    if chance 30; then args+=(--replace); else args+=(--truncate --reseed); fi
    if chance 50; then args+=(--count "$a,$b"); else args+=(--count "$second=$b,$first=$a"); fi
}

random_command() { # args: what follows `modify RECIPE`
    local t cols second
    # shellcheck disable=SC2086
    t=$(pick $tables)
    cols=$(columns_of "$t")
    args=("$t")
    case $((RANDOM % 12)) in
    0 | 1 | 2)
        args+=(--append --count "$(some 1 12)")
        ;;
    3 | 4 | 5)
        args+=(--delete)
        chosen "$t" "$cols"
        ;;
    6 | 7 | 8)
        # shellcheck disable=SC2086
        if chance 40; then args+=(--update "$(pick $cols),$(pick $cols)"); else args+=(--update "$(pick $cols)"); fi
        chosen "$t" "$cols"
        ;;
    9) args+=(--replace --count "$(some 1 20)") ;;
    10)
        args+=(--truncate)
        if chance 50; then args+=(--reseed --count "$(some 1 20)"); fi
        ;;
    11)
        # shellcheck disable=SC2086
        second=$(pick $tables)
        if [ "$second" != "$t" ]; then
            two_tables "$second"
        else
            args+=(--truncate)
        fi
        ;;
    esac
    if chance 50; then args+=(--cascade); fi
    # Rows of the user's own, once there are any, are to stay as they are.
    if chance 10 || { [ -s own.txt ] && [[ " ${args[*]} " != *" --update "* ]]; }; then args+=(--seeded-only); fi
}

report() { jq -c '[.tables, .references, .columns, .spared]'; }

# A row of the user's own in a table that needs no parent, with a unique value such as the recipe makes, where it is free.
own_row() {
    local word t i columns values
    word=$(printf %b "\\x$(printf %x $((65 + RANDOM % 26)))")$((RANDOM % 10))
    case $recipe in
    shop.lua)
        t=$(pick tenants goods cards)
        case $t in
        tenants) columns="id, code" values="max(id) + $(some 1 3), '$word'" ;;
        goods) columns="code, price" values="'G-$(some 100 999)', 5" ;;
        cards) columns="id, number, holder" values="max(id) + $(some 1 3), 'C-$(some 100 999)', 'me'" ;;
        esac
        ;;
    graph.lua)
        t=$(pick goes clears stops)
        columns="id, name, level" values="max(id) + $(some 1 3), 'mine', 1"
        ;;
    loose.lua)
        t=$(pick rooms guests)
        case $t in
        rooms) columns="code, size" values="'R$(some 10 99)', 5" ;;
        guests) columns="id, code, note" values="max(id) + $(some 1 3), '$word', 'mine'" ;;
        esac
        ;;
    odd.lua)
        t=$(pick words makers)
        case $t in
        words) columns="id, day, text" values="max(id) + $(some 1 3), '2020-01-01', 'W-$(some 1000 9999)'" ;;
        makers) columns="ident, name, began" values="'$(printf '%08d' "$RANDOM")-0000-4000-8000-000000000000', 'mine', '2020-01-01'" ;;
        esac
        ;;
    *) return 0 ;;
    esac
    case $values in
    max*) values="SELECT ${values/max(id)/coalesce(max(id), 0)} FROM $t" ;;
    *) values="VALUES ($values)" ;;
    esac
    sql "INSERT INTO $t ($columns) $values" 2>/dev/null || return 0
    echo "a row of the user's own in $t: $values" >now.txt
    cat now.txt >>trail.txt
    dump after.txt
    comm -13 before.txt after.txt >new.txt
    [ "$(wc -l <new.txt)" = 1 ] || wrong "not one new row"
    for ((i = 1; i <= steps; i++)); do sort -m "step$i.txt" new.txt >merged.txt && mv merged.txt "step$i.txt"; done
    sort -m own.txt new.txt >merged.txt && mv merged.txt own.txt
    mv after.txt before.txt
    proved
}

# Tables that outside.lua refers to and does not fill: they begin with some rows, and change in a life.
outside_tables() {
    sql "CREATE TABLE kinds (code varchar(2) PRIMARY KEY); INSERT INTO kinds VALUES ('BE'), ('DE'), ('FR'), ('IT'), ('NL')"
    sql "CREATE TABLE places (a integer NOT NULL, b integer NOT NULL, PRIMARY KEY (a, b)); INSERT INTO places VALUES (1, 1), (1, 2), (2, 1), (3, 2)"
    sql "CREATE TABLE owners (id bigint PRIMARY KEY); INSERT INTO owners VALUES (10), (20), (30), (40), (50), (60), (70), (80), (90)"
}

change_outside() {
    local one word
    word=$(printf %b "\\x$(printf %x $((65 + RANDOM % 26)))\\x$(printf %x $((65 + RANDOM % 26)))")
    one=$(pick "INSERT INTO kinds VALUES ('$word')" "INSERT INTO places VALUES ($(some 0 4), $(some 0 4))" "INSERT INTO owners VALUES ($(some 1 120))" \
        "DELETE FROM kinds WHERE code > '$word' AND code NOT IN (SELECT kind FROM shops) AND code NOT IN (SELECT kind FROM visits) AND code NOT IN (SELECT kind FROM stock)" \
        "DELETE FROM places WHERE a = $(some 0 4) AND NOT EXISTS (SELECT 1 FROM desks d WHERE d.a = places.a AND d.b = places.b)" \
        "DELETE FROM owners WHERE id > $(some 1 120) AND id NOT IN (SELECT owner FROM desks WHERE owner IS NOT NULL) AND id NOT IN (SELECT owner FROM badges) AND id NOT IN (SELECT owner FROM stock)")
    sql "$one" 2>/dev/null || return 0
    echo "outside: $one" >now.txt
    cat now.txt >>trail.txt
    proved
}

own_rows_stay() {
    [ -z "$(comm -23 own.txt after.txt)" ] || wrong "a row of the user's own is not as it was"
}

# Is no session of the target's left but the one that asks?
alone() {
    case $ENGINE in
    sqlite) true ;;
    pg) [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")" = 1 ] ;;
    *) [ "$(sql "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()")" = 1 ] ;;
    esac
}

newest_run() { sp status --output json | jq -r '.runs[0].id'; }

# kill -9 at a random moment of a command that takes about as long as its dry run. True: what it did is there, and not only what was
# there before.
killed() { # MICROSECONDS COMMAND...
    local pid delay=$(($1 * (RANDOM % 150) / 100)) newest
    shift
    newest=$(newest_run)
    "$SEEDPIPE_BIN" "$@" >/dev/null 2>&1 &
    pid=$!
    read -rt "$((delay / 1000000)).$(printf %06d $((delay % 1000000)))" <> <(:) || true
    kill -KILL $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
    until alone; do :; done
    dump after.txt
    # An update may have drawn what was there: then the ledger tells.
    if cmp -s before.txt after.txt && [ "$(newest_run)" = "$newest" ]; then
        echo "killed: $*" >>trail.txt
        return 1
    fi
    echo "killed behind its end: $*" >>trail.txt
}

# The rows before it, and the run that takes it back.
done_step() {
    cp before.txt "step$((++steps)).txt"
    runs[steps]=$(jq -r ".run // .run_id" out.txt)
    cat now.txt >>trail.txt
}

# Does something, or is refused as its dry run was.
modify() {
    local code=0 dry=0 began=${EPOCHREALTIME/./} took
    echo "modify $recipe ${args[*]@Q}" >now.txt
    sp modify "$recipe" "${args[@]}" --dry-run --output json >dry.json 2>dry.err || dry=$?
    took=$((${EPOCHREALTIME/./} - began))
    dump after.txt
    cmp -s before.txt after.txt || wrong "the dry run changed something"
    if chance 15 && killed $took modify "$recipe" "${args[@]}" --yes; then
        [ $dry = 0 ] || wrong "refused in its dry run, and it changed something"
        jq --arg run "$(newest_run)" '.run = $run' dry.json >out.txt
    else
        sp modify "$recipe" "${args[@]}" --yes --output json >out.txt 2>err.txt || code=$?
    fi
    [ "$code" = "$dry" ] || wrong "exit $code, and the dry run $dry: $(cat dry.err)"
    case $code in
    0)
        [ "$(report <dry.json)" = "$(report <out.txt)" ] || wrong "the dry run said $(report <dry.json)"
        dump after.txt
        own_rows_stay
        # What means no row makes no run.
        if [ "$(jq -r .run out.txt)" != null ]; then
            done_step
        fi
        mv after.txt before.txt
        proved
        ;;
    2 | 3)
        cmp -s dry.err err.txt || wrong "the dry run was refused otherwise: $(cat dry.err)"
        dump after.txt
        cmp -s before.txt after.txt || wrong "refused, and something changed"
        ;;
    *) wrong "exit $code" ;;
    esac
}

# run with other numbers; killed in between, the same command finishes it.
run_again() { # ARGS...
    local code=0 began=${EPOCHREALTIME/./} took
    echo "run $recipe $*" >now.txt
    sp run "$recipe" --size "$size" "$@" --dry-run >/dev/null 2>&1 || true
    took=$((${EPOCHREALTIME/./} - began))
    if chance 25; then killed $took run "$recipe" --size "$size" "$@" --yes || true; fi
    sp run "$recipe" --size "$size" "$@" --yes --output json >out.txt 2>err.txt || code=$?
    dump after.txt
    case $code in
    0)
        own_rows_stay
        if ! cmp -s before.txt after.txt; then
            jq --arg run "$(newest_run)" '.run = $run' out.txt >run.json && mv run.json out.txt
            done_step
        fi
        mv after.txt before.txt
        proved
        ;;
    2 | 3) cmp -s before.txt after.txt || wrong "refused, and something changed" ;;
    *) wrong "exit $code" ;;
    esac
}

grow() {
    # shellcheck disable=SC2086
    run_again --count "$(pick $tables)=$((issued += 5))"
}

shrink() {
    # shellcheck disable=SC2086
    run_again --count "$(pick $tables)=$(some 1 30)" --prune
}

# Later runs stand on it.
take_back_older() {
    local code=0 run=${runs[1 + RANDOM % (steps - 1)]}
    echo "rollback $run, an older one" >now.txt
    sp rollback "$run" --yes --output json >out.txt 2>err.txt || code=$?
    [ $code = 3 ] || wrong "exit $code"
    grep -q 'cannot roll back: later runs' err.txt || wrong "refused for another reason"
    dump after.txt
    cmp -s before.txt after.txt || wrong "refused, and something changed"
}

take_back() {
    local began=${EPOCHREALTIME/./} took refusal='cannot be told apart'
    echo "rollback" >now.txt
    # Rows without a key that were added to others of their kind; keys and values that rows of the user's own have by now.
    if [ "$recipe" = outside.lua ]; then refusal="$refusal|rows of (kinds|places|owners) that are not there any more"; fi
    if [ -s own.txt ]; then refusal="$refusal|other rows of the table have by now"; fi
    if ! sp rollback "${runs[steps]}" --dry-run --output json >dry.json 2>err.txt; then
        grep -qE "$refusal" err.txt || wrong "the dry run of rollback was refused"
        steps=0
        return 0
    fi
    took=$((${EPOCHREALTIME/./} - began))
    if ! chance 15 || ! killed $took rollback "${runs[steps]}" --yes; then
        sp rollback "${runs[steps]}" --yes --output json >out.txt 2>err.txt || wrong "rollback: exit $?"
        # Nothing to report: it changes no row, and the one that was killed was through.
        [ "$(jq '.tables | length' out.txt)" = 0 ] ||
            [ "$(jq -c '[.tables, .restored, .references]' dry.json)" = "$(jq -c '[.tables, .restored, .references]' out.txt)" ] ||
            wrong "the dry run said $(cat dry.json)"
    fi
    dump after.txt
    cp "step$steps.txt" before.txt
    cmp -s before.txt after.txt || wrong "not as it was before"
    steps=$((steps - 1))
    echo "rollback" >>trail.txt
    proved
}

a_life() {
    local i own
    RANDOM=$1
    steps=0 issued=60 runs=()
    recipe=${SEEDPIPE_RANDOM_RECIPE:-$(pick shop shop graph graph loose loose odd odd desks desks narrow narrow outside outside e-commerce saas healthcare fintech).lua}
    : >trail.txt
    : >out.txt
    : >err.txt
    : >own.txt
    empty_target
    size=1x
    case $recipe in e-commerce.lua | saas.lua | healthcare.lua | fintech.lua) size=0.05x ;; esac
    [ "$recipe" != outside.lua ] || outside_tables
    sp run "$recipe" --size "$size" --yes --quiet 2>err.txt || wrong "run: exit $?"
    tables=$(sp plan "$recipe" --output json | jq -r '.tables[].table' | tr '\n' ' ')
    dump before.txt
    own=$(pick 0 0 30)
    for ((i = 0; i < 14; i++)); do
        if chance "$own"; then own_row; fi
        if [ "$recipe" = outside.lua ] && chance 40; then change_outside; fi
        if [ "$steps" -gt 0 ] && chance 20; then
            take_back
        elif [ "$steps" -gt 1 ] && chance 5; then
            take_back_older
        elif chance 5; then
            grow
        elif chance 5; then
            shrink
        else
            random_command
            modify
        fi
    done
    while [ "$steps" -gt 0 ]; do take_back; done
}

random_lives() { # SECONDS SEED
    local end=$((SECONDS + $1)) lives=0
    recipes
    for ((life = $2 % 30000; SECONDS < end; life++)); do
        a_life $life
        lives=$((lives + 1))
    done
    echo "$lives lives, from seed $(($2 % 30000))" >&2
}
