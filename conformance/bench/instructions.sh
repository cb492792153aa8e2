#!/bin/sh
# Instructions per GET and per SET of a fixed command stream through memory,
# counted by callgrind, beside the counts stored in instructions.txt. Fails
# when one has grown by more than 3 %. Counts of different compilers cannot be
# compared: then only the numbers are printed.
#
#   conformance/bench/instructions.sh            count and compare
#   conformance/bench/instructions.sh --store    count and store
#
# KV_OBJECT names a kv.o that was made with -O2, where there is one.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
top=$here/../..
stored=$here/instructions.txt
build=$top/build/bench
cc=${CC:-cc}
compiler="$($cc --version | head -n 1), $(uname -m)"

command -v valgrind >/dev/null || {
    echo "instructions.sh: needs valgrind" >&2
    exit 2
}
mkdir -p "$build"
$cc -O2 -g -I"$top" -o "$build/instructions" "$here/instructions.c" \
    "${KV_OBJECT:-$top/kv.c}" -lm -pthread

# count OP DEPTH: prints instructions per command
count() {
    commands=20000
    [ "$2" != 1 ] || commands=5000
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        --toggle-collect=measured "$build/instructions" "$1" "$2" $commands \
        2>"$build/callgrind.log" || {
        cat "$build/callgrind.log" >&2
        exit 1
    }
    awk -v n=$commands '/Collected *:/ { printf "%.1f\n", $NF / n }' \
        "$build/callgrind.log"
}

same=no
[ ! -f "$stored" ] || ! grep -qxF "# $compiler" "$stored" || same=yes
new=$build/instructions.new
{
    echo "# Instructions per command; written by instructions.sh --store"
    echo "# $compiler"
} >"$new"
bad=0
for op in get set; do
    for depth in 1 16 100; do
        now=$(count $op $depth)
        [ -n "$now" ]
        echo "$op $depth $now" >>"$new"
        was=''
        [ $same = no ] ||
            was=$(awk -v k="$op $depth" '$1 " " $2 == k { print $3 }' "$stored")
        aim=''
        [ -z "$was" ] || aim="<= $was + 3 %"
        printf '%-54s %12s %12s  %s\n' "instructions per $op, pipeline $depth" \
            "$now" - "$aim"
        [ -z "$was" ] || awk "BEGIN { exit $now > $was * 1.03 }" || bad=1
    done
done

if [ "${1:-}" = --store ]; then
    mv "$new" "$stored"
elif [ $bad = 1 ]; then
    echo "instructions.sh: grown by more than 3 %; see instructions.txt" >&2
    exit 1
elif [ $same = no ]; then
    echo "instructions.sh: no counts stored by this compiler" >&2
fi
