// This file only keeps the replacement packages below it out of the module's
// ./... patterns. They are compiled as part of the standard library.
module std

go 1.26
