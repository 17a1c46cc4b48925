export type { ServiceLogin } from "./logins";
export { VaultConfiguration, type VaultOutputs } from "./configuration";
