/** A new recording: from the microphone, with a script, or from a file. */
import type { PromptHistory, StoreState } from '../../recordings/own/prompt-desk.ts';
import { maxUploadBytes, maxUploadSeconds } from '../../recordings/upload/refused-upload.ts';
import { html, type Content } from '../html.ts';
import type { Visit } from '../visit.ts';
import { addressOf } from './render-prompts.ts';

export function renderUpload(
  { words: { prompts }, formToken }: Visit,
  { name, text }: PromptHistory,
  state: StoreState,
): Content {
  if (state.kind === 'fixed' || !state.hasSox) return null;
  return html`
    <form
      class="card"
      id="upload"
      method="post"
      action=${`${addressOf(name)}/upload`}
      enctype="multipart/form-data"
    >
      <h2>${prompts.record}</h2>
      <input type="hidden" name="_csrf" value=${formToken} />
      <p>${prompts.sayThis} <strong lang="vi">«${text}»</strong></p>
      <p class="hint">${prompts.recordHint}</p>
      ${renderRecorder(prompts)}
      <div class="field">
        <label for="file">${prompts.file}</label>
        <input
          id="file"
          name="recording"
          type="file"
          accept=".wav,audio/wav,audio/x-wav"
          required
          aria-describedby="file-hint"
          data-max-bytes=${maxUploadBytes}
          data-too-large=${prompts.refused['too-large']}
        />
        <p class="hint" id="file-hint">${prompts.fileHint(maxUploadSeconds, maxUploadBytes / 1_000_000)}</p>
      </div>
      <button>${prompts.send}</button>
    </form>
  `;
}

/** Shown by the script. */
function renderRecorder(prompts: Visit['words']['prompts']): Content {
  return html`
    <div
      id="recorder"
      hidden
      data-max-seconds=${maxUploadSeconds}
      data-start=${prompts.startRecording}
      data-stop=${prompts.stopRecording}
      data-recorded=${prompts.recorded}
      data-refused=${prompts.refusedMicrophone}
      data-unavailable=${prompts.noMicrophone}
    >
      <button type="button" class="quiet" id="record">${prompts.startRecording}</button>
      <meter
        id="level"
        min="0"
        max="1"
        low="0.05"
        high="0.9"
        value="0"
        aria-label=${prompts.microphone}
      ></meter>
      <p id="recorder-says" role="status"></p>
    </div>
  `;
}
