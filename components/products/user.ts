/** Whom applications and their agents run as: an unprivileged id that no image of ours or of the stores uses. */
export const USER = "10001:10001";
