export { Foundation } from "./foundation";
export { Postgres } from "./postgres/postgres";
export { Redis } from "./redis/redis";
export type { ManagerLogin, Store } from "./store";
export { connectionUrl, type StoreCredential } from "./credential";
