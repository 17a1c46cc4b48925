export { PROVISIONER_HCL, provisionerRole } from "./files";
export { Vault, type VaultLogin } from "./vault";
