/** Reads a form with a file, without reading more than it must: who sends it, and its token, come first. */
import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { maxUploadBytes, RefusedUpload, type RefusalReason } from '../../recordings/upload/refused-upload.ts';

/** Of one upload: the token, then the file. */
export const uploadLimits = {
  ...{ fields: 1, fieldNameSize: 20, fieldSize: 200, files: 1, fileSize: maxUploadBytes },
  ...{ parts: 2, headerPairs: 20 },
};
/** The form around the file, bytes. */
const maxFormBytes = 4096;

/** Answers with the page, and why the upload is refused. */
export type Refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  reason: RefusalReason,
) => Promise<FastifyReply>;

/** What is too large by its own words, or does not say how large it is, is refused before a byte of it is read. */
export function refuseLarge(refuse: Refuse) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (!request.isMultipart()) return refuse(request, reply, 'nothing');
    const isBounded = Number(request.headers['content-length']) <= maxUploadBytes + maxFormBytes;
    return !isBounded ? refuse(request, reply, 'too-large') : undefined;
  };
}

const uploads = new WeakMap<FastifyRequest, AsyncIterator<Multipart, unknown>>();

/** The token comes first; without a right one the file is not read. */
export async function readToken(request: FastifyRequest): Promise<void> {
  const parts = request.parts();
  uploads.set(request, parts);
  const part = await nextOf(parts);
  request.body = part?.type === 'field' && part.fieldname === '_csrf' ? { _csrf: part.value } : {};
}

/** Nothing of it counts but its bytes: no name, no type. @throws RefusedUpload `nothing`, `too-large` */
export async function readFile(request: FastifyRequest): Promise<Buffer> {
  const parts = uploads.get(request);
  const part = parts && (await nextOf(parts));
  if (part?.type !== 'file') throw new RefusedUpload('nothing');
  const bytes = await readBounded(part);
  if (bytes.length === 0) throw new RefusedUpload('nothing');
  return bytes;
}

async function nextOf(parts: AsyncIterator<Multipart, unknown>): Promise<Multipart | undefined> {
  const { value, done } = await parts.next();
  return done === true ? undefined : value;
}

async function readBounded(part: MultipartFile): Promise<Buffer> {
  try {
    return await part.toBuffer();
  } catch (error) {
    throw (error as { code?: string }).code === 'FST_REQ_FILE_TOO_LARGE'
      ? new RefusedUpload('too-large')
      : error;
  }
}
