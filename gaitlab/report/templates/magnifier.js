/* The magnifier: the film enlarged, going along with the hips or the feet of the person. */

/** What is followed, and where the film lies: pixels of the page in one of the video, how it is enlarged and moved. */
const magnifier = { on: 'picture', place: { fit: 1, scale: 1, left: 0, top: 0, beside: [0, 0] } };
/** How much is shown at least, in heights of the person: across, at the hips with their numbers, and up. */
const magnified = { hips: [1.15, 0.6], feet: [0.85, 0.36] };
const magnifiedWords = { picture: 'The whole image', hips: 'The hips, enlarged', feet: 'The feet, enlarged' };
const mostMagnified = 10;

/** Return the height of the film in pixels of the analysed video: it has a strip below the picture. */
function filmHeight() {
  const [width, height] = clip().size;
  const { videoWidth, videoHeight } = player.video;
  return videoWidth ? (width * videoHeight) / videoWidth : height;
}

/** Return the value of a line over time between its points. */
function alongLine(times, values, t) {
  const close = nearest(times, t);
  const first = clamp(times[close] <= t ? close : close - 1, 0, times.length - 2);
  const part = clamp((t - times[first]) / (times[first + 1] - times[first] || 1), 0, 1);
  return values[first] + part * (values[first + 1] - values[first]);
}

/** Return where a shown span begins: in the picture, or around it if the picture is smaller. */
const spanFrom = (middle, span, whole) => {
  return span >= whole ? (whole - span) / 2 : clamp(middle - span / 2, 0, whole - span);
};

/** Enlarge and move the film so that what is followed is in the middle of the player. */
function magnify() {
  const { follow, size } = clip();
  const film = byId('film');
  const [across, down] = [player.video.clientWidth, player.video.clientHeight];
  const fit = Math.min(across / size[0], down / filmHeight()) || 1;
  const beside = [(across - fit * size[0]) / 2, (down - fit * filmHeight()) / 2];
  const marks = document.body.classList.contains('marking');
  const off = magnifier.on === 'picture' || !follow || !across || marks;
  magnifier.place = { fit, beside, scale: 1, left: 0, top: 0, ...(off ? {} : enlarged(fit, beside, across, down)) };
  const { scale, left, top } = magnifier.place;
  film.style.transform = off ? '' : `translate(${-scale * left}px, ${-scale * top}px) scale(${scale})`;
  emit('magnified');
}

/** Return how the film is enlarged, and what is at its upper left corner then. */
function enlarged(fit, beside, across, down) {
  const { follow, size } = clip();
  const person = fit * alongLine(follow.times, follow.height, page.time);
  const [wide, high] = magnified[magnifier.on];
  const scale = clamp(Math.min(across / (wide * person), down / (high * person)), 1, mostMagnified);
  const [x, y] = follow[magnifier.on].map((line) => alongLine(follow.times, line, page.time));
  const left = beside[0] + fit * spanFrom(x, across / fit / scale, size[0]);
  const top = beside[1] + fit * spanFrom(y, down / fit / scale, size[1]);
  return { scale, left, top };
}

/** Offer the magnifier where the person was found in the film. */
function offerMagnifier() {
  byId('magnifier').hidden = !clip().follow || player.video.hidden;
  magnify();
}

function chooseMagnified(what) {
  magnifier.on = what;
  for (const button of byId('magnifier').querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.dataset.magnify === what));
  }
  magnify();
  announce(`${magnifiedWords[what]}.`);
}

function startMagnifier() {
  for (const button of byId('magnifier').querySelectorAll('button')) {
    button.addEventListener('click', () => chooseMagnified(button.dataset.magnify));
  }
  on('time', magnify);
  for (const what of ['clip', 'film']) on(what, offerMagnifier);
  new ResizeObserver(magnify).observe(player.video);
}
