/**
 * Stands where an account has no password yet: a PHC string like any other, so that whoever
 * verifies against it needs no special case and takes the usual time, with a hash of zeros that
 * no password is known to give.
 */
export const unusablePasswordHash = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
