/* Put the parts together. */

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

document.documentElement.classList.add('linked');
/* Of several videos the one that decides comes first. */
page.clip = data.firstClip;
byId('clip').value = String(page.clip);
startCorrections();
startGraphs();
startFilm();
startMagnifier();
startTrack();
startLevel();
loadVideo();
emit('clip');
setCorrecting(false);
openTarget();
