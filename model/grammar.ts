/** How names, hosts and paths are written: each form once, with the words in which messages ask for it. */

/** A form of text. */
export interface Form {
    readonly pattern: RegExp;
    /** For people: what a text of the form looks like. */
    readonly accepted: string;
}

/** What follows the first letter of a slug. */
const SLUG_REST = "(?:[a-z0-9]|-(?=[a-z0-9]))";
const SLUG_SOURCE = `[a-z]${SLUG_REST}*`;

/** A slug of any length. */
export const SLUG: Form = {
    pattern: new RegExp(`^${SLUG_SOURCE}$`),
    accepted: "a name of lower-case letters, digits and single dashes",
};

/** A slug with an upper bound of its length, for names that physical names are made of. */
export function slug(longest: number): Form {
    return {
        pattern: new RegExp(`^[a-z]${SLUG_REST}{0,${longest - 1}}$`),
        accepted: `1 to ${longest} lower-case letters, digits and single dashes, a letter first`,
    };
}

/** The name of a database in its product. Dashes become underscores on the server, and the environment's name is appended. */
export const DATABASE_NAME: Form = {
    pattern: /^[a-z][a-z0-9_-]{0,39}$/,
    accepted: "1 to 40 lower-case letters, digits, dashes and underscores, a letter first",
};

/** How a service is named outside its product. */
export const SERVICE_OF_PRODUCT: Form = {
    pattern: new RegExp(`^${SLUG_SOURCE}/${SLUG_SOURCE}$`),
    accepted: "<product>/<service>",
};

/** Longest part of a host between two dots. @see https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
export const LONGEST_LABEL = 63;

const label = (first: string): string => `${first}(?:[a-z0-9-]{0,${LONGEST_LABEL - 2}}[a-z0-9])?`;
const HOST_LABEL = label("[a-z0-9]");

/** The part of a host in front of the environment's domain. */
export const HOST: Form = {
    pattern: new RegExp(`^${HOST_LABEL}(?:\\.${HOST_LABEL})*$`),
    accepted: "host labels in lower case, for example api.psra",
};

/** The parent of all hosts of an environment: short enough for a host in front of it. */
export const DOMAIN: Form = {
    pattern: new RegExp(`^(?=.{1,200}$)(?:${HOST_LABEL}\\.)+${label("[a-z]")}$`),
    accepted: "a domain name in lower case with at least one dot, for example example.com",
};

/** A host outside the platform. It ends in a letter, so it is no address; it has a dot, so it is no name inside a zone. */
export const OUTSIDE_HOST: Form = {
    pattern: DOMAIN.pattern,
    accepted: "a whole host name in lower case, for example api.openai.com: no address, no wildcard",
};

/** A segment of a URL's path. It excludes spellings that a service may read as another path (`%2f`, `//`, `/./`). */
const SEGMENT = "/(?!\\.{1,2}(?:/|$))[A-Za-z0-9._~-]+";

/** The path of a route. */
export const PATH: Form = {
    pattern: new RegExp(`^/$|^(?:${SEGMENT})+/?$`),
    accepted: "/, or whole segments like /v1/orders: letters, digits and . _ ~ -, without . or .. as a segment",
};

/** A path with all that is below it: `/admin/` is `/admin`. */
export function wholeSegments(path: string): string {
    return path === "/" ? path : path.replace(/\/+$/, "");
}

/** Where a login ends. `*` would be a wildcard, `?` and `#` end a path. */
export const CALLBACK: Form = {
    pattern: new RegExp(`^(?:${SEGMENT})+$`),
    accepted: "a whole path like /auth/callback, without wildcard, query, fragment, . or ..",
};
