/**
 * The hash of an account that has no password yet. A PHC string like any other, so verifying
 * against it needs no special case and takes the usual time. Its hash is all zeros, which no known
 * password gives.
 */
export const unusablePasswordHash = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
