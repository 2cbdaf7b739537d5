# Of a ctest log with output on failure: each failed test's name and the first lines that say why.
# awk -v run=NAME -f failed-tests.awk LOG
/ Test +#[0-9]+: / {
  telling = /\*\*\*/
  if (telling) { sub(/^ *[0-9]+\/[0-9]+ /, ""); print run ": " substr($0, 1, 160); lines = 0 }
  next
}
/^ +Start +[0-9]+: / || /tests passed,/ { telling = 0; next }
telling && lines < 8 && /Error|ERROR|error:|Failure|expected|actual|✖|not ok|WARNING: ThreadSanitizer|SUMMARY|Timeout|timed out/ {
  print "    " substr($0, 1, 220)
  lines++
}
