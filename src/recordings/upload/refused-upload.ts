/**
 * Why what was sent cannot become a recording. `nothing`: no file; `too-large`: above {@link maxUploadBytes}; `no-wav`: not a WAV that we read; `silent`: nothing is heard;
 * `too-long`: longer than {@link maxUploadSeconds}, or than a digit may be; `too-short`: nobody says the words of the
 * prompt in so little time; `too-quiet` and `clipped`: it would sound bad however it is levelled; `busy`: another one is being made.
 */
export type RefusalReason =
  | 'nothing'
  | 'too-large'
  | 'no-wav'
  | 'silent'
  | 'too-long'
  | 'too-short'
  | 'too-quiet'
  | 'clipped'
  | 'busy'
  | 'failed';

/** What was sent cannot become a recording. */
export class RefusedUpload extends Error {
  override readonly name = 'RefusedUpload';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(`the upload is refused: ${reason}`);
    this.reason = reason;
  }
}

/** Of a file, before its quiet ends are cut. The longest prompt has 12 s. */
export const maxUploadSeconds = 30;
/** Of a file: 30 s in 48 kHz, 24 bits, stereo. */
export const maxUploadBytes = 9_000_000;
