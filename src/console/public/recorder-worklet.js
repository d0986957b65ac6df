/** Hands on what the microphone hears, one channel of it. */
registerProcessor(
  'recorder',
  class extends AudioWorkletProcessor {
    process([input]) {
      if (input.length > 0) this.port.postMessage(input[0].slice());
      return true;
    }
  },
);
