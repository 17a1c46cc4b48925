export { PROVISIONER_HCL, type Seal } from "./files";
export { Vault, type VaultLogin } from "./vault";
