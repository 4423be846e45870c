/* Put the parts together. */

document.documentElement.classList.add('linked');
/* Of several videos the first that was measured comes first. */
page.clip = Math.max(0, data.clips.findIndex((one) => one.strides.some((s) => s.used)));
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
