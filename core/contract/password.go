package contract

// PasswordSymbols are the special characters of Cognito's password policy. A space
// counts inside a password; at either end Cognito takes none. Letters count from a
// to z and A to Z only.
const PasswordSymbols = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`=+ "
