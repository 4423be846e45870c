/* What is folded, and links into it. */

/** Open what is folded around the place that a link leads to. */
function openTarget() {
  const target = location.hash ? document.querySelector(location.hash) : null;
  const folded = target?.closest('details');
  if (!folded || folded.open) return;
  folded.open = true;
  target.scrollIntoView();
}
window.addEventListener('hashchange', openTarget);
for (const link of document.querySelectorAll('a[href^="#"]')) link.addEventListener('click', () => setTimeout(openTarget));
