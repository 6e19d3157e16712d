// The page that a quick exit ends on. One step of its own, so that nothing that came before lies under "forward" either.
try {
  sessionStorage.clear();
} catch (denied) {
  // Then there is nothing to clear.
}
history.pushState(null, "", location.href);
