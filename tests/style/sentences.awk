# Prints the number of words of each sentence of Markdown files, with its file: prose outside code, tables and headings. A
# sentence ends with . ! ? or : before a space, or with its paragraph or list item.
function finish(   n, i, parts, words, w) {
  while (match(text, /\]\([^)]*\)/)) text = substr(text, 1, RSTART) substr(text, RSTART + RLENGTH)
  gsub(/[][*`]/, "", text); gsub(/e\.g\.|i\.e\./, "eg", text)
  n = split(text, parts, /[.!?:]["')]*( |$)/)
  for (i = 1; i <= n; i++) { words = split(parts[i], w, /[ \t]+/); if (w[1] == "") words--; if (words > 1) print words "\t" name ": " parts[i] }
  text = ""
}
FNR == 1 { finish(); code = 0; name = FILENAME }
/^ *```/ { finish(); code = !code; next }
code { next }
/^ *(\||#|<!--|$)/ { finish(); next }
/^ *([-*]|[0-9]+\.) / { finish(); sub(/^ *([-*]|[0-9]+\.) +/, "") }
{ text = text " " $0 }
END { finish() }
