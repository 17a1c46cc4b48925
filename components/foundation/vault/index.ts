export { PROVISIONER_HCL, PROVISIONER_LOGIN, provisionerRole } from "./files";
export { Vault, type VaultLogin } from "./vault";
