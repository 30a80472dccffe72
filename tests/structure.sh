#!/usr/bin/env bash
# Keeps the shape of the source: which folder of runtime/ includes which, who sees which library, what the
# pure folders may not call, how long a file gets. `structure.sh [ROOT]`; prints each breach, exit 1.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

# A folder, then all that it may include besides its own headers.
allowed_includes() {
    case $1 in
    base) ;;
    model) echo base ;;
    env | gen | db) echo base model ;;
    recipe) echo base model gen ;;
    plan) echo base model gen env db/dialect.h ;;
    verify) echo base model env gen db recipe plan ;;
    exec) echo base model env gen db recipe plan verify ;;
    cli) echo base model env gen db recipe plan verify exec ;;
    *) return 1 ;;
    esac
}

# A library's header, then the only files that may include it.
library_owners() {
    case $1 in
    lua.h | lauxlib.h | lualib.h) echo 'runtime/recipe/*' ;;
    yaml.h) echo 'runtime/env/* runtime/gen/locale.c' ;;
    libpq-fe.h | mysql.h | mysql/* | mariadb/* | sqlite3.h) echo 'runtime/db/*' ;;
    *) echo 'runtime/*' ;;
    esac
}

max_lines=600
breaches=0
breach() {
    echo "$*"
    breaches=$((breaches + 1))
}

check_include() {
    local file=$1 line=$2 header=$3 layer pattern
    layer=${file#runtime/}
    layer=${layer%%/*}
    if [[ -e runtime/$header ]]; then
        for pattern in "$layer" $(allowed_includes "$layer"); do
            if [[ $header == "$pattern" || $header == "$pattern"/* ]]; then return; fi
        done
        breach "$file:$line: $layer may not include $header (it may: $(allowed_includes "$layer" | xargs))"
    else
        set -f # patterns, not files
        for pattern in $(library_owners "$header"); do
            # shellcheck disable=SC2053
            if [[ $file == $pattern ]]; then set +f; return; fi
        done
        set +f
        breach "$file:$line: $header belongs to $(library_owners "$header")"
    fi
}

# The given lines `FILE:LINE:TEXT`, comments and strings taken out, that still call one of the functions.
calls_of() {
    sed -E 's://.*::; s:"([^"\\]|\\.)*":"":g; s:/\*.*(\*/|$)::; s:^([^:]*\:[0-9]+\:) *\*.*:\1:' |
        grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_>.])?($1) *\(" || true
}

no_calls() {
    local functions=$1 why=$2 hit
    shift 2
    if [[ $# -eq 0 ]]; then return; fi
    while IFS= read -r hit; do
        breach "$hit   <- $why"
    done < <(grep -nHE '.' "$@" | calls_of "$functions")
}

for folder in runtime/*/; do
    folder=$(basename "$folder")
    allowed_includes "$folder" >/dev/null || breach "runtime/$folder: a folder without a place in $0"
done

while IFS=: read -r file line text; do
    header=$(sed -E 's/^[^"<]*["<]([^">]*)[">].*/\1/' <<<"$text")
    check_include "$file" "$line" "$header"
done < <(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include' runtime || true)

while read -r lines file; do
    if [[ $file != total && $lines -gt $max_lines ]]; then
        breach "$file: $lines lines; at $max_lines it asks to become two files"
    fi
done < <(find runtime lua tests -type f -regex '.*\.\([ch]\|lua\|sh\)' -exec wc -l {} +)

mapfile -t pure < <(find runtime/plan runtime/gen -name '*.[ch]' ! -name locale.c ! -name dataset.c | sort)
no_calls 'time|clock_gettime|gettimeofday|s?rand|random|fopen|open' \
    'a plan and a value depend on no clock, no file and no hidden state' "${pure[@]}"
mapfile -t gen < <(find runtime/gen -name '*.[ch]' | sort)
no_calls '(exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|sqrt|cbrt)[fl]?' \
    'libm differs between machines: use the functions with fixed results' "${gen[@]}"

if [[ $breaches -gt 0 ]]; then
    echo "$breaches breaches of the structure"
    exit 1
fi
echo "structure: fine"
