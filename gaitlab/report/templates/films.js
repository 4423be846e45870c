'use strict';
/* Two films in step: both begin at a heel strike of the same side, and a stride takes the same time in both. */

const FRAME_S = 1 / 30;
const DRIFT_S = 0.08;

function startFilms(box) {
  const films = JSON.parse(box.dataset.films);
  const videos = [...box.querySelectorAll('video')];
  const control = (what) => box.querySelector(`[data-do=${what}]`);
  const state = { starts: [0, 0], ratio: 1, playing: false };

  /** Return first strike and mean time of the strides of a side. */
  const strideOf = (film, side) => {
    const own = film.strides.filter((stride) => stride.side === side);
    if (!own.length) return { start: 0, time: 1 };
    const time = own.reduce((sum, stride) => sum + stride.end - stride.start, 0) / own.length;
    return { start: own[0].start, time };
  };
  const place = (t) => {
    videos[0].currentTime = Math.max(0, state.starts[0] + t);
    videos[1].currentTime = Math.max(0, state.starts[1] + t * state.ratio);
  };
  const now = () => videos[0].currentTime - state.starts[0];
  const align = () => {
    const [a, b] = films.map((film) => strideOf(film, control('side').value));
    state.starts = [a.start, b.start];
    state.ratio = b.time / a.time;
    stop();
    place(0);
  };
  const stop = () => {
    state.playing = false;
    for (const video of videos) video.pause();
    control('play').textContent = '▶ Play both';
  };
  const play = async () => {
    const rate = Number(control('rate').value);
    if (videos.some((video) => video.ended)) place(0);
    videos[0].playbackRate = rate;
    videos[1].playbackRate = rate * state.ratio;
    state.playing = true;
    control('play').textContent = '❚❚ Pause';
    await Promise.all(videos.map((video) => video.play())).catch(stop);
  };
  const keepStep = () => {
    if (!state.playing) return;
    const wanted = state.starts[1] + now() * state.ratio;
    if (Math.abs(videos[1].currentTime - wanted) > DRIFT_S) videos[1].currentTime = wanted;
  };
  // both begin at a heel strike: a side of which one film shows no stride cannot be chosen
  const sides = [...control('side').options];
  for (const side of sides) side.disabled = !films.every((film) => film.strides.some((one) => one.side === side.value));
  const shown = sides.find((side) => !side.disabled);
  if (shown) control('side').value = shown.value;
  control('play').addEventListener('click', () => (state.playing ? stop() : play()));
  control('back').addEventListener('click', () => (stop(), place(now() - FRAME_S)));
  control('forward').addEventListener('click', () => (stop(), place(now() + FRAME_S)));
  control('side').addEventListener('change', align);
  control('rate').addEventListener('change', () => state.playing && play());
  videos[0].addEventListener('timeupdate', keepStep);
  for (const video of videos) video.addEventListener('ended', stop);
  align();
}

for (const box of document.querySelectorAll('[data-films]')) startFilms(box);
