/**
 * Programs of which older releases let strangers in, with the first release that does not, by the last part of the image's repository.
 *
 * oauth2-proxy: logins can be gone around (GHSA-5hvv-m4w4-gf6v, GHSA-7x63-xv5r-3p2x).
 * Traefik: visitors can say who they are, in another spelling of the header (GHSA-rf44-j88r-hh8c); the edge's configuration
 * names an option that older releases do not know.
 */
export const FIXED_RELEASES: Readonly<Record<string, readonly [major: number, minor: number, patch: number]>> = {
    "oauth2-proxy": [7, 15, 2],
    traefik: [3, 7, 12],
};
