export { Foundation } from "./foundation";
export { Postgres } from "./postgres/postgres";
export { Redis } from "./redis/redis";
export type { ManagerLogin, Store } from "./store";
export { clientFile, type StoreCredential } from "./credential";
