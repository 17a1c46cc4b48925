export { PROVISIONER_HCL } from "./files";
export { Vault, type VaultLogin } from "./vault";
