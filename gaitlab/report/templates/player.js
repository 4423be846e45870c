/* The player: playing, stepping frame by frame, and the cursor. Without a video the cursor moves in the same way. */

const player = { video: null, pending: null, urls: [] };

/** Put the video of the current clip into the page. */
function loadVideo() {
  player.video = byId('player');
  const name = clip().video;
  const url = name === null ? null : videoUrl(page.clip);
  byId('player-box').hidden = name === null;
  byId('player-missing').hidden = name === null || url !== null;
  player.video.hidden = url === null;
  byId('playing').hidden = url === null;
  for (const each of document.querySelectorAll('[data-missing-name]')) each.textContent = name ?? '';
  if (url !== null) player.video.src = url;
  else player.video.removeAttribute('src'); // otherwise the video of another clip would continue to play
  seek(firstMoment());
}

/** Return the address of the video inside the page, made on first use; null if it is not embedded. */
function videoUrl(index) {
  if (player.urls[index]) return player.urls[index];
  const inside = document.querySelector(`script[data-video="${index}"]`)?.textContent.trim();
  if (!inside) return null;
  const bytes = Uint8Array.from(atob(inside), (letter) => letter.charCodeAt(0));
  return keepVideo(index, new Blob([bytes], { type: 'video/mp4' }));
}
function keepVideo(index, blob) {
  player.urls[index] = URL.createObjectURL(blob);
  return player.urls[index];
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
  player.video.pause();
  showFrame(page.frame + frames);
  announce(`${shown(page.time, 3)} s. ${byId('values').textContent}`);
}

function showFrame(index, t) {
  const times = clip().frameTimes;
  page.frame = clamp(index, 0, times.length - 1);
  page.time = t ?? times[page.frame] ?? 0;
  if (player.video.seeking) player.pending = page.frame;
  else setVideoTime(page.frame);
  emit('time');
}

/** Ask for the middle of a frame's time on the screen: its first instant may be rounded to the frame before. */
function setVideoTime(index) {
  player.pending = null;
  if (!player.video.src) return;
  const times = clip().frameTimes;
  const until = times[index + 1] ?? 2 * times[index] - (times[index - 1] ?? times[index] - 0.02);
  player.video.currentTime = (times[index] + until) / 2 / clip().timeScale;
}

/** Let the cursor follow the frames that are shown. */
function followFilm() {
  const video = player.video;
  const arrived = (videoTime) => {
    if (video.paused || video.seeking) return;
    page.frame = nearest(clip().frameTimes, videoTime * clip().timeScale);
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
  video.addEventListener('seeked', () => player.pending !== null && setVideoTime(player.pending));
  video.addEventListener('loadedmetadata', () => (setVideoTime(page.frame), emit('film')));
  for (const what of ['play', 'pause', 'ended']) video.addEventListener(what, playingChanged);
}

function playingChanged() {
  page.playing = !player.video.paused && !player.video.ended;
  const button = byId('play');
  button.textContent = page.playing ? '❚❚ Pause' : '▶ Play';
  if (!page.playing) {
    showFrame(page.frame, page.time);
    announce(byId('values').textContent);
  }
}

function togglePlay() {
  if (!player.video.src) return;
  if (player.video.paused) player.video.play().catch(playingChanged);
  else player.video.pause();
}

/** Keys for the whole page, but not while something is typed or chosen. */
function playerKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const target = event.target;
  if (target.closest('input:not([type=checkbox]), select, textarea')) return;
  const steps = { ',': -1, '.': 1, ArrowLeft: -1, ArrowRight: 1, '<': -10, '>': 10 };
  if (event.key === ' ' && !target.closest('button, summary, a, [role=button], input')) togglePlay();
  else if (event.key in steps) step(steps[event.key] * (event.shiftKey && event.key.startsWith('Arrow') ? 10 : 1));
  else return;
  event.preventDefault();
}

/** Keep the video visible: small, in the corner, when something far below it is selected. */
function keepVideoInSight() {
  const box = byId('player-box');
  const place = byId('player-place');
  const dock = (docked) => {
    if (docked === box.classList.contains('docked')) return;
    place.style.minHeight = docked ? `${box.offsetHeight}px` : '';
    box.classList.toggle('docked', docked);
  };
  const outOfSight = () => {
    const { top, bottom } = place.getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    return clip().video !== null && seen < 0.5 * Math.min(bottom - top, innerHeight);
  };
  addEventListener('scroll', () => (outOfSight() ? page.playing && dock(true) : dock(false)), { passive: true });
  on('show', () => outOfSight() && dock(true));
  byId('undock').addEventListener('click', () => (player.video.pause(), dock(false)));
}

/** Show a moment that was clicked, wherever on the page. */
function show(clipIndex, t) {
  if (clipIndex !== page.clip) chooseClip(clipIndex);
  player.video.pause();
  seek(t);
  emit('show');
}

function chooseClip(index) {
  player.video.pause();
  page.clip = index;
  page.selected = null;
  byId('clip').value = String(index);
  loadVideo();
  emit('clip');
}

function startFilm() {
  player.video = byId('player');
  followFilm();
  keepVideoInSight();
  byId('play').addEventListener('click', togglePlay);
  byId('back').addEventListener('click', () => step(-1));
  byId('forward').addEventListener('click', () => step(1));
  byId('rate').addEventListener('change', (event) => (player.video.playbackRate = Number(event.target.value)));
  byId('clip').addEventListener('change', (event) => chooseClip(Number(event.target.value)));
  byId('player-file').addEventListener('change', (event) => {
    const [file] = event.target.files;
    if (!file) return;
    keepVideo(page.clip, file);
    loadVideo();
  });
  document.addEventListener('keydown', playerKey);
  player.video.addEventListener('click', togglePlay);
}
