export { Foundation } from "./foundation";
export { Postgres } from "./postgres";
export { Redis } from "./redis";
export type { StoreCredential } from "./credential";
