/* The film: playing, stepping frame by frame, and where the cursor is. Without film the cursor moves all the same. */

const film = { video: null, pending: null, urls: [] };

/** Put the film of the current clip into the page. */
function loadFilm() {
  film.video = byId('film');
  const name = clip().film;
  const url = name === null ? null : filmUrl(page.clip);
  byId('film-box').hidden = name === null;
  byId('film-missing').hidden = name === null || url !== null;
  film.video.hidden = url === null;
  byId('playing').hidden = url === null;
  for (const each of document.querySelectorAll('[data-missing-name]')) each.textContent = name ?? '';
  if (url !== null) film.video.src = url;
  else film.video.removeAttribute('src'); // else the film of another clip would play on unseen
  seek(firstMoment());
}

/** Return the address of the film inside the page, made when it is first asked for; null if it is not inside. */
function filmUrl(index) {
  if (film.urls[index]) return film.urls[index];
  const inside = document.querySelector(`script[data-film="${index}"]`)?.textContent.trim();
  if (!inside) return null;
  const bytes = Uint8Array.from(atob(inside), (letter) => letter.charCodeAt(0));
  return keepFilm(index, new Blob([bytes], { type: 'video/mp4' }));
}
function keepFilm(index, blob) {
  film.urls[index] = URL.createObjectURL(blob);
  return film.urls[index];
}

/** Return where to begin: at the first frame of the first stride that was used, else of what else was found. */
function firstMoment() {
  const used = clip().strides.filter((s) => s.used);
  const found = used.length ? used : [...clip().strides, ...clip().bouts];
  const start = Math.min(...found.map((one) => one.start));
  return clip().frameTimes.find((t) => t >= start) ?? 0;
}

/** Put the cursor on a time, and show the frame nearest to it. */
function seek(t) {
  const times = clip().frameTimes;
  showFrame(nearest(times, t), clamp(t, times[0] ?? 0, times[times.length - 1] ?? 0));
}

/** Go some frames forward, or back. */
function step(frames) {
  film.video.pause();
  showFrame(page.frame + frames);
  say(`${shown(page.time, 3)} s. ${byId('values').textContent}`);
}

function showFrame(index, t) {
  const times = clip().frameTimes;
  page.frame = clamp(index, 0, times.length - 1);
  page.time = t ?? times[page.frame] ?? 0;
  if (film.video.seeking) film.pending = page.frame;
  else setFilmTime(page.frame);
  emit('time');
}

/** Ask for the middle of a frame's time on the screen: its first instant may be rounded to the frame before. */
function setFilmTime(index) {
  film.pending = null;
  if (!film.video.src) return;
  const times = clip().frameTimes;
  const until = times[index + 1] ?? 2 * times[index] - (times[index - 1] ?? times[index] - 0.02);
  film.video.currentTime = (times[index] + until) / 2 / clip().timeScale;
}

/** Let the cursor follow the frames that are shown. */
function followFilm() {
  const video = film.video;
  const arrived = (filmTime) => {
    if (video.paused || video.seeking) return;
    page.frame = nearest(clip().frameTimes, filmTime * clip().timeScale);
    page.time = clip().frameTimes[page.frame];
    emit('time');
  };
  if (video.requestVideoFrameCallback) {
    const watch = () => video.requestVideoFrameCallback((_, frame) => (arrived(frame.mediaTime), watch()));
    watch();
  } else {
    const watch = () => (arrived(video.currentTime), requestAnimationFrame(watch));
    watch();
  }
  video.addEventListener('seeked', () => film.pending !== null && setFilmTime(film.pending));
  video.addEventListener('loadedmetadata', () => setFilmTime(page.frame));
  for (const what of ['play', 'pause', 'ended']) video.addEventListener(what, playingChanged);
}

function playingChanged() {
  page.playing = !film.video.paused && !film.video.ended;
  const button = byId('play');
  button.textContent = page.playing ? '❚❚ Pause' : '▶ Play';
  if (!page.playing) {
    showFrame(page.frame, page.time);
    say(byId('values').textContent);
  }
}

function togglePlay() {
  if (!film.video.src) return;
  if (film.video.paused) film.video.play().catch(playingChanged);
  else film.video.pause();
}

/** Keys for the whole page, but not while something is typed or chosen. */
function filmKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const target = event.target;
  if (target.closest('input:not([type=checkbox]), select, textarea')) return;
  const steps = { ',': -1, '.': 1, ArrowLeft: -1, ArrowRight: 1, '<': -10, '>': 10 };
  if (event.key === ' ' && !target.closest('button, summary, a, [role=button], input')) togglePlay();
  else if (event.key in steps) step(steps[event.key] * (event.shiftKey && event.key.startsWith('Arrow') ? 10 : 1));
  else return;
  event.preventDefault();
}

/** Keep the film in sight: small, in the corner, when something far below it is asked for. */
function keepFilmInSight() {
  const box = byId('film-box');
  const place = byId('film-place');
  const dock = (docked) => {
    if (docked === box.classList.contains('docked')) return;
    place.style.minHeight = docked ? `${box.offsetHeight}px` : '';
    box.classList.toggle('docked', docked);
  };
  const outOfSight = () => {
    const { top, bottom } = place.getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    return clip().film !== null && seen < 0.5 * Math.min(bottom - top, innerHeight);
  };
  addEventListener('scroll', () => (outOfSight() ? page.playing && dock(true) : dock(false)), { passive: true });
  on('show', () => outOfSight() && dock(true));
  byId('undock').addEventListener('click', () => (film.video.pause(), dock(false)));
}

/** Show a moment that was clicked, wherever on the page. */
function show(clipIndex, t) {
  if (clipIndex !== page.clip) chooseClip(clipIndex);
  film.video.pause();
  seek(t);
  emit('show');
}

function chooseClip(index) {
  film.video.pause();
  page.clip = index;
  page.selected = null;
  byId('clip').value = String(index);
  loadFilm();
  emit('clip');
}

function startFilm() {
  film.video = byId('film');
  followFilm();
  keepFilmInSight();
  byId('play').addEventListener('click', togglePlay);
  byId('back').addEventListener('click', () => step(-1));
  byId('forward').addEventListener('click', () => step(1));
  byId('rate').addEventListener('change', (event) => (film.video.playbackRate = Number(event.target.value)));
  byId('clip').addEventListener('change', (event) => chooseClip(Number(event.target.value)));
  byId('film-file').addEventListener('change', (event) => {
    const [file] = event.target.files;
    if (!file) return;
    keepFilm(page.clip, file);
    loadFilm();
  });
  document.addEventListener('keydown', filmKey);
  film.video.addEventListener('click', togglePlay);
}
