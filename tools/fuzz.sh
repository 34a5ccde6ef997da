#!/bin/sh
# Looks for new inputs that break a fuzz target of tests/fuzz: tools/fuzz.sh NAME [SECONDS]
# Needs clang with libFuzzer (Debian: clang libclang-rt-14-dev). What it finds lies in build-fuzz/;
# an input that broke something is copied into tests/fuzz/corpus/NAME once it no longer does.
set -eu
name=$1 seconds=${2:-60}
cd "$(dirname "$0")/.."
case $name in # what the target needs beside base and format
cifar | idx | image | tar) more='src/data/*.c -lpng -ljpeg -lz' ;;
space | expr) more="src/arch/*.c src/space/*.c -DRN_SPACES_SOURCE=\"spaces\" -DRN_SPACES_INSTALLED=\"\"" ;;
records) more='src/sweep/items.c src/sweep/records.c src/sweep/records_json.c src/sweep/table.c' ;;
sweep) more="src/sweep/run_record.c src/sweep/worker.c src/sweep/sweep_file.c
    src/data/*.c src/arch/*.c src/space/*.c -DRN_SPACES_SOURCE=\"spaces\" -DRN_SPACES_INSTALLED=\"\" -lpng -lturbojpeg -lz" ;;
onnx) more='src/export/fold.c src/export/onnx_check.c src/export/onnx_node.c src/export/onnx_ops.c src/model/*.c src/arch/*.c' ;;
*) more= ;;
esac
mkdir -p "build-fuzz/$name"
# shellcheck disable=SC2086 # more is several words, some of them patterns
"${CC:-clang}" -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    -D_GNU_SOURCE -Iinclude -Isrc "tests/fuzz/fuzz_$name.c" src/format/*.c src/base/*.c $more \
    -lyaml -ljansson -lm -lpthread -o "build-fuzz/fuzz_$name"
"build-fuzz/fuzz_$name" -max_total_time="$seconds" -artifact_prefix="build-fuzz/$name-" \
    "build-fuzz/$name" "tests/fuzz/corpus/$name"
