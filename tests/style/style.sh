#!/usr/bin/env bash
#
# Checks how the repository reads: the language of its texts and the size of its source files.
#
# Usage (from anywhere inside the repository):
#   style.sh                   checks the working tree; lists at most 20 places per rule
#   style.sh --all             lists every place
#   style.sh --hits            adds the number of hits per phrase
#   style.sh --commits RANGE   checks only the commit subjects of a range, for example origin/main..HEAD
#   style.sh --under PREFIX    checks only the files whose path begins with PREFIX, for example src/Attribution.Core/
#   style.sh --root DIR        checks another tree
#
# Exit code: 0 if every bound holds, 1 if one is broken, 2 if the arguments or the lists are invalid.
#
# Rules over src/**/*.cs
#   summary   at most 2 % of the XML summaries begin with a wh-word (What, Whether, Where, Who, When, How, That, ...)
#   line-160  no line is longer than 160 characters (characters, not bytes)
#   line-120  at most 4 % of the lines are longer than 120 characters
#   median    the median file has at most 69 lines, and the 90th percentile is at most 154
#   sentence  a sentence of README and guides has at most 20 words at the median, and 35 at the 90th percentile
#   file-400  no file has more than 400 lines
# Rule over the texts in src, schemas, infra, docs, the Markdown files of the root folder, and the names of tests
#   phrase    no phrase of phrases.txt occurs, except where exceptions.txt allows it
# Rule over a range of commits
#   subject   no subject is longer than 72 characters
#
# phrases.txt: one extended regular expression per line, a tab, and the text to write instead. Lines that begin with '#'
# are comments. An expression matches whole words. It ignores case unless it contains a capital letter, so "Who is not"
# finds a sentence that begins so and leaves "a user who is not signed in" alone. Comment markers, XML tags and quotes
# of string concatenation are removed first, and each line is joined with the next, so that a phrase is found across
# a line break. The underscores in the names of tests count as spaces. No intervals: mawk does not support {n,m}.
#
# exceptions.txt: path expression, tab, phrase expression, tab, reason. A hit is allowed if the path and the words that
# were found match both. An exception that allows nothing is reported, so that it can be removed.
#
# Needs bash, git, awk (mawk, or gawk, which takes three times as long), grep, sed and sort.
set -uo pipefail
export LC_ALL=C

max_summary_percent=2
max_line=160
wide_line=120
max_wide_percent=4
max_median=69
max_p90=154
max_file=400
max_subject=72
max_sentence=20
max_sentence_p90=35
max_readme_lines=150
max_readme_bytes=9000

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
shown=20 root='' range='' under='' hits=0
while [ $# -gt 0 ]; do
  case $1 in
    --all) shown=1000000000 ;;
    --hits) hits=1 ;;
    --commits) range=${2:?"--commits needs a range"}; shift ;;
    --under) under=${2:?"--under needs a path"}; shift ;;
    --root) root=${2:?"--root needs a folder"}; shift ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "Unknown argument: $1" >&2; exit 2 ;;
  esac
  shift
done
if [ -z "$root" ]; then
  root=$(git rev-parse --show-toplevel 2>/dev/null) || root=$PWD
fi
cd "$root" || exit 2

IFS=$'\n' # lists of files are expanded unquoted; set -f keeps their names as they are
set -f
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

# row RULE TODAY BOUND BROKEN: prints one line of the table.
row() {
  local mark=ok
  if [ "$4" -ne 0 ]; then mark=BROKEN failed=1; fi
  printf '%-42s %14s %10s  %s\n' "$1" "$2" "$3" "$mark"
}

# places RULE FILE: prints the offending places of a rule.
places() {
  local count
  count=$(grep -c '' "$2")
  [ "$count" -gt 0 ] || return 0
  printf '\n%s:\n' "$1"
  sed -n "1,${shown}s/^/  /p" "$2"
  [ "$count" -le "$shown" ] || printf '  ... and %d more (--all lists them)\n' $((count - shown))
}

if [ -n "$range" ]; then
  git log --no-merges --format='%h %s' "$range" >"$work/subjects" || exit 2
  awk -v max="$max_subject" '{
    subject = substr($0, index($0, " ") + 1); gsub(/[\200-\277]/, "", subject)
    if (length(subject) > max) print length(subject) ": " $0
  }' "$work/subjects" >"$work/long"
  printf '%-42s %14s %10s\n' rule today bound
  row "subject: commits over $max_subject characters" "$(grep -c '' "$work/long") of $(grep -c '' "$work/subjects")" 0 \
    "$(grep -c '' "$work/long")"
  places subject "$work/long"
  exit "$failed"
fi

# The files, as Git lists them; every file where there is no Git repository.
if ! git ls-files >"$work/all" 2>/dev/null || [ ! -s "$work/all" ]; then
  find . -type f ! -path '*/.git/*' ! -path '*/bin/*' ! -path '*/obj/*' ! -path '*/node_modules/*' |
    sed 's|^\./||' | sort >"$work/all"
fi
while IFS= read -r file; do [[ $file == "$under"* && -f $file ]] && printf '%s\n' "$file"; done <"$work/all" >"$work/files"
grep -E '^src/.*\.cs$' "$work/files" >"$work/cs"
grep -E '^(src/.*\.(cs|razor|js|html|json|txt|resx)|(src|schemas|infra|docs)/.*\.(md|ya?ml|json)|infra/.*|[^/]+\.md)$' "$work/files" |
  grep -vE '(package-lock\.json|\.min\.js|\.(png|jpe?g|gif|ico|svg|woff2?|gz|zip|pdf))$' >"$work/texts"
grep -E '^tests/.*\.cs$' "$work/files" >"$work/tests"
if [ -z "$under" ] && [ ! -s "$work/cs" ]; then echo "No C# files under src/ in $root." >&2; exit 2; fi

# ---- Sizes and summaries: one pass over src/**/*.cs ----------------------------------------------------------------
: >"$work/line160" && : >"$work/line120" && : >"$work/summary" && : >"$work/lengths"
awk -v max="$max_line" -v wide="$wide_line" -v out="$work" '
  function first_words() {
    gsub(/<see(also)? (cref|langword|href)="[^"]*"/, "Name <", text)
    gsub(/<(paramref|typeparamref) name="[^"]*"/, "Name <", text)
    gsub(/<[^>]*>/, " ", text)
    gsub(/[ \t]+/, " ", text); sub(/^[ "(]+/, "", text)
    if (text == "") return
    summaries++
    if (tolower(text) ~ /^(what|whatever|whether|where|wherever|which|whichever|who|whoever|whom|whose|when|whenever|why|how|that)([^a-z]|$)/) {
      wh++
      print start ": " substr(text, 1, 100) > (out "/summary")
    }
  }
  FNR == 1 { if (file != "") print lines, file > (out "/lengths"); file = FILENAME; inside = 0 }
  {
    lines = FNR; total++
    line = $0; sub(/\r$/, "", line)
    if (length(line) > wide) {
      gsub(/[\200-\277]/, "", line)                 # continuation bytes of UTF-8: what is left counts characters
      if (length(line) > wide) { over++; print FILENAME ":" FNR ": " length(line) > (out "/line120") }
      if (length(line) > max) { far++; print FILENAME ":" FNR ": " length(line) > (out "/line160") }
    }
    if (!inside && (at = index($0, "<summary>")) && $0 ~ /^[ \t]*\/\/\//) {
      inside = 1; text = ""; start = FILENAME ":" FNR
      $0 = substr($0, at + 9)
    } else if (inside) sub(/^[ \t]*\/\/\/ ?/, "")
    if (inside) {
      if (at = index($0, "</summary>")) { text = text " " substr($0, 1, at - 1); inside = 0; first_words() }
      else text = text " " $0
    }
  }
  END {
    if (file != "/dev/null" && file != "") print lines, file > (out "/lengths")
    print total + 0, over + 0, far + 0, summaries + 0, wh + 0
  }' $(cat "$work/cs") /dev/null >"$work/counts" || exit 2
IFS=' ' read -r total over far summaries wh <"$work/counts"
sort -n "$work/lengths" >"$work/sorted"
files=$(grep -c '' "$work/sorted")
[ "$files" -gt 0 ] || echo "0 -" >"$work/sorted"
median=$(sed -n "$(((files + 1) / 2 + !files))s/ .*//p" "$work/sorted")
p90=$(sed -n "$(((files * 9 + 9) / 10 + !files))s/ .*//p" "$work/sorted")
awk -v max="$max_file" '$1 > max { print $2 ": " $1 " lines" }' "$work/sorted" >"$work/file400"

# ---- Sentences of README and guides ---------------------------------------------------------------------------------
grep -E '^(README\.md|docs/guides/.*\.md)$' "$work/files" >"$work/guides"
awk -f "$here/sentences.awk" $(cat "$work/guides") /dev/null | sort -n >"$work/sentences"
sentences=$(grep -c '' "$work/sentences")
sentence_median=$(sed -n "$(((sentences + 1) / 2 + !sentences))s/\t.*//p" "$work/sentences")
sentence_p90=$(sed -n "$(((sentences * 9 + 9) / 10 + !sentences))s/\t.*//p" "$work/sentences")

# ---- Phrases -------------------------------------------------------------------------------------------------------
# Both passes of awk read "path TAB line TAB column after which a match belongs to the next line TAB text".
: >"$work/prose"
awk '
  function clean(line, code) {
    gsub(/[\t\r]/, " ", line)
    if (code) {
      sub(/^ *\/\/\/? ?/, "", line)
      sub(/^ *[+]? *\$?@?"/, "", line); sub(/" *[+]? *$/, "", line)
      gsub(/<see(also)? (cref|langword)="([^":]*:)?/, "", line)
      gsub(/<(paramref|typeparamref) name="/, "", line)
      gsub(/"?\/>/, "", line); gsub(/<\/?[a-zA-Z]+>/, " ", line)
    } else sub(/^ *([#>*+-]|[0-9]+\.)? +/, "", line)
    gsub(/[`*]/, "", line); gsub(/  +/, " ", line); sub(/^ /, "", line); sub(/ $/, "", line)
    return line
  }
  function flush_line(next_text) {
    if (held != "") print held_at "\t" length(held) "\t" held (next_text == "" ? "" : " " substr(next_text, 1, 60))
  }
  FNR == 1 { flush_line(""); held = ""; code = FILENAME ~ /\.(cs|razor|js)$/ }
  { text = clean($0, code); flush_line(text); held = text; held_at = FILENAME "\t" FNR }
  END { flush_line("") }' $(cat "$work/texts") /dev/null >"$work/prose" || exit 2
if [ -s "$work/tests" ]; then
  # The names of test classes and methods, their underscores as spaces.
  grep -nHE '(class|record|void|Task|ValueTask)(<[^>]*>)? +[A-Z][A-Za-z0-9]*_[A-Za-z0-9_]*' $(cat "$work/tests") /dev/null |
    sed -nE 's/^([^:]*):([0-9]+):.*(class|record|void|Task|ValueTask)(<[^>]*>)? +([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]*).*/\1 \2 \5/p' |
    awk '{ name = $3; gsub(/_/, " ", name); print $1 "\t" $2 "\t" length(name) "\t" name "." }' >>"$work/prose"
fi
: >"$work/unused"
awk -F '\t' -v out="$work" -v exceptions="$here/exceptions.txt" -v phrases="$here/phrases.txt" '
  function fail(message) { print message > "/dev/stderr"; bad = 1; exit 2 }
  BEGIN {
    while ((getline line < phrases) > 0) {
      sub(/\r$/, "", line)
      if (line ~ /^[ \t]*(#|$)/) continue
      at = index(line, "\t")
      if (!at) fail("phrases.txt: no tab in: " line)
      phrase[++n] = substr(line, 1, at - 1); advice[n] = substr(line, at + 1); sub(/^\t+/, "", advice[n])
      exact[n] = phrase[n] ~ /[A-Z]/
      pattern[n] = "(^|[^a-zA-Z0-9_])(" phrase[n] ")([^a-zA-Z0-9_]|$)"
      if (exact[n]) any_exact = any_exact (any_exact == "" ? "" : "|") phrase[n]
      else any = any (any == "" ? "" : "|") phrase[n]
    }
    if (!n) fail("phrases.txt is missing or empty: " phrases)
    any = "(^|[^a-zA-Z0-9_])(" (any == "" ? "~none~" : any) ")([^a-zA-Z0-9_]|$)"
    any_exact = "(^|[^a-zA-Z0-9_])(" (any_exact == "" ? "~none~" : any_exact) ")([^a-zA-Z0-9_]|$)"
    while ((getline line < exceptions) > 0) {
      if (line ~ /^[ \t]*(#|$)/) continue
      if (split(line, part, "\t") < 3 || part[3] == "") fail("exceptions.txt: path, phrase and reason are required: " line)
      allowed_path[++m] = part[1]; allowed_words[m] = tolower(part[2]); allowed_line[m] = line
    }
  }
  {
    text = $4; lower = tolower(text); own = $3 + 0
    if (lower !~ any && text !~ any_exact) next
    for (i = 1; i <= n; i++) {
      rest = exact[i] ? text : lower; offset = 0
      while (match(rest, pattern[i])) {
        if (offset + RSTART > own) break          # it begins on the next line and is counted there
        words = substr(text, offset + RSTART, RLENGTH)
        offset += RSTART + RLENGTH - 2; rest = substr(rest, RSTART + RLENGTH - 1)
        gsub(/^[^a-zA-Z0-9_]|[^a-zA-Z0-9_.)]$/, "", words)
        if (length(words) > 80) words = substr(words, 1, 77) "..."
        ok = 0
        for (j = 1; j <= m && !ok; j++) if ($1 ~ allowed_path[j] && tolower(words) ~ allowed_words[j]) { ok = 1; used[j] = 1 }
        if (ok) { excepted++; continue }
        count[i]++; found++
        print $1 ":" $2 ": \"" words "\": " advice[i]
      }
    }
  }
  END {
    if (bad) exit 2
    for (i = 1; i <= n; i++) print count[i] + 0 "\t" phrase[i] > (out "/per-phrase")
    for (j = 1; j <= m; j++) if (!used[j]) print "exceptions.txt: allows nothing: " allowed_line[j] > (out "/unused")
    print n, found + 0, excepted + 0 > (out "/found")
  }' "$work/prose" >"$work/phrases" || exit 2
IFS=' ' read -r phrases found excepted <"$work/found"

# ---- The table, and the places -------------------------------------------------------------------------------------
percent() { awk -v part="$1" -v all="$2" 'BEGIN { printf "%.1f %%", all ? 100 * part / all : 0 }'; }
above() { if [ $(($1 * 100)) -gt $(($2 * $3)) ]; then echo 1; else echo 0; fi; } # above PART ALL PERCENT

printf '%-42s %14s %10s\n' rule today bound
row "summary: begin with a wh-word ($wh of $summaries)" "$(percent "$wh" "$summaries")" "<= $max_summary_percent %" \
  "$(above "$wh" "$summaries" "$max_summary_percent")"
row "line-160: lines over $max_line characters" "$far" 0 "$far"
row "line-120: lines over $wide_line ($over of $total)" "$(percent "$over" "$total")" "<= $max_wide_percent %" \
  "$(above "$over" "$total" "$max_wide_percent")"
row "median: lines of the median file" "$median" "<= $max_median" "$((median > max_median))"
row "median: lines at the 90th percentile" "$p90" "<= $max_p90" "$((p90 > max_p90))"
row "file-400: files over $max_file lines (of $files)" "$(grep -c '' "$work/file400")" 0 "$(grep -c '' "$work/file400")"
row "sentence: words, median of $sentences in README, guides" "${sentence_median:-0}" "<= $max_sentence" "$((sentence_median > max_sentence))"
row "sentence: words at the 90th percentile" "${sentence_p90:-0}" "<= $max_sentence_p90" "$((sentence_p90 > max_sentence_p90))"
if [ -f README.md ]; then
  readme_lines=$(wc -l <README.md) readme_bytes=$(wc -c <README.md)
  row "readme: lines" "$readme_lines" "<= $max_readme_lines" "$((readme_lines > max_readme_lines))"
  row "readme: bytes" "$readme_bytes" "<= $max_readme_bytes" "$((readme_bytes > max_readme_bytes))"
fi
row "phrase: hits of $phrases phrases ($excepted allowed)" "$found" 0 "$found"

[ "$(above "$wh" "$summaries" "$max_summary_percent")" = 0 ] || places summary "$work/summary"
places line-160 "$work/line160"
if [ "$(above "$over" "$total" "$max_wide_percent")" = 1 ]; then
  sort -t: -k3,3nr -k1,1 -k2,2n "$work/line120" >"$work/widest"
  places 'line-120, the longest first' "$work/widest"
fi
if [ "$median" -gt "$max_median" ] || [ "$p90" -gt "$max_p90" ]; then
  sort -nr "$work/lengths" | awk '{ print $2 ": " $1 " lines" }' >"$work/longest"
  places 'median, the longest files first' "$work/longest"
fi
places file-400 "$work/file400"
places phrase "$work/phrases"
if [ "$hits" = 1 ]; then
  printf '\nHits per phrase:\n'
  sort -k1,1nr "$work/per-phrase" | awk -F '\t' '{ printf "%6d  %s\n", $1, $2 }'
fi
if [ -z "$under" ] && [ -s "$work/unused" ]; then echo; cat "$work/unused"; fi
exit "$failed"
