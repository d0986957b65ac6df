/** Whether Docker Hub is reachable. */

let reachable: Promise<boolean> | undefined;

/** Asks Docker Hub once per process, for at most 4 s; a name that does not resolve fails at once. */
export function canPullImages(): Promise<boolean> {
  reachable ??= fetch('https://registry-1.docker.io/v2/', { signal: AbortSignal.timeout(4000) }).then(
    (response) => response.status === 200 || response.status === 401, // 401: "log in first", also for public images
    () => false,
  );
  return reachable;
}
