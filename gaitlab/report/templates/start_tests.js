/* Put the parts of the page of tests together. */

document.documentElement.classList.add('linked');
page.clip = data.firstClip;
byId('clip').value = String(page.clip);
startRepetitions();
startFilm();
placeEditor();
loadVideo();
emit('clip');
setCorrecting(false);
openTarget();
