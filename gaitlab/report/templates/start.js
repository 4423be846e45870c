/* Put the parts together. */

document.documentElement.classList.add('linked');
startCorrections();
startGraphs();
startFilm();
startTrack();
loadFilm();
emit('clip');
setCorrecting(false);
