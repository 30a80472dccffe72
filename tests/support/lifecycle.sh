# shellcheck shell=bash
# The scripts of docs/lifecycle.md: `script "### Churn"` prints the code blocks below the heading that begins so.
script() {
    awk -v heading="$1" '
        !code && /^#/ { here = index($0, heading) == 1 }
        /^```/ { code = !code; next }
        code && here' "$SOURCE/docs/lifecycle.md" >script.sh
    [ -s script.sh ] || { echo "no script below \"$1\"" >&2; return 1; }
    bash -eu script.sh
}
