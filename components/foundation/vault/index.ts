export type { Seal } from "./files";
export { Vault, type VaultLogin } from "./vault";
