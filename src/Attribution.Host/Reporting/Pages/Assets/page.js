// The key / moves to the search, unless the reader is typing.
document.addEventListener("keydown", event => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable]")) return;
  const field = document.querySelector(".find input[type=search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
