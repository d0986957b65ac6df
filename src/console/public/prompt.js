/** Records from the microphone into the field that takes a file, as a WAV: the form is the same with and without a script. */
const recorder = document.getElementById('recorder');
const button = document.getElementById('record');
const level = document.getElementById('level');
const says = document.getElementById('recorder-says');
const file = document.getElementById('file');

if (recorder !== null) offer();

function offer() {
  recorder.hidden = false;
  file.addEventListener('change', refuseLarge);
  if (navigator.mediaDevices === undefined || window.AudioWorkletNode === undefined) {
    button.hidden = true;
    level.hidden = true;
    says.textContent = recorder.dataset.unavailable;
    return;
  }
  button.addEventListener('click', record, { once: true });
}

/** From one click to the next, or as long as a recording may be. */
async function record() {
  let recording;
  try {
    recording = await startRecording();
  } catch (error) {
    says.textContent =
      error.name === 'NotAllowedError' ? recorder.dataset.refused : recorder.dataset.unavailable;
    button.addEventListener('click', record, { once: true });
    return;
  }
  button.textContent = recorder.dataset.stop;
  const full = setTimeout(() => button.click(), (Number(recorder.dataset.maxSeconds) - 1) * 1000);
  await new Promise((resolve) => button.addEventListener('click', resolve, { once: true }));
  clearTimeout(full);
  const samples = await recording.stop();
  button.textContent = recorder.dataset.start;
  level.value = 0;
  const files = new DataTransfer();
  files.items.add(new File([wavOf(samples, recording.rate)], 'recording.wav', { type: 'audio/wav' }));
  file.files = files.files;
  says.textContent = `${recorder.dataset.recorded} ${(samples.length / recording.rate).toFixed(1)}`;
  button.addEventListener('click', record, { once: true });
}

/** As the room sounds: what a browser would do to it is for conversations. */
async function startRecording() {
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const context = new AudioContext();
  await context.audioWorklet.addModule('/public/recorder-worklet.js');
  const node = new AudioWorkletNode(context, 'recorder', { channelCount: 1, channelCountMode: 'explicit' });
  const chunks = [];
  node.port.onmessage = ({ data }) => {
    chunks.push(data);
    level.value = data.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
  };
  context.createMediaStreamSource(stream).connect(node);
  return {
    rate: context.sampleRate,
    stop: async () => {
      for (const track of stream.getTracks()) track.stop();
      await context.close();
      const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      let at = 0;
      for (const chunk of chunks) {
        samples.set(chunk, at);
        at += chunk.length;
      }
      return samples;
    },
  };
}

/** PCM of 16 bits, mono. */
function wavOf(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const write = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  write(0, 'RIFF');
  view.setUint32(4, 36 + samples.length * 2, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((value, i) =>
    view.setInt16(44 + i * 2, Math.round(Math.max(-1, Math.min(1, value)) * 32_767), true),
  );
  return view;
}

/** The server would refuse it too, once it has come. */
function refuseLarge() {
  const isLarge = (file.files[0]?.size ?? 0) > Number(file.dataset.maxBytes);
  file.setCustomValidity(isLarge ? file.dataset.tooLarge : '');
  file.reportValidity();
}
