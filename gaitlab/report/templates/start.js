/* Put the parts together. */

document.documentElement.classList.add('linked');
/* Of several videos the one that decides comes first. */
page.clip = data.firstClip;
byId('clip').value = String(page.clip);
startCorrections();
startGraphs();
startFilm();
startMagnifier();
startLayers();
startTrack();
startLevel();
loadVideo();
emit('clip');
setCorrecting(false);
openTarget();
