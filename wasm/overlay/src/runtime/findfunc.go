package runtime

import "unsafe"

// findfunc is Go's without the table that it starts from: 20 bytes for every 4096 program counters, of which each function
// has 65536 in WebAssembly. slim empties that table. An offset into the text is a function's index here, and nearly every
// function is in ftab, so that its entry is at that index or shortly before.
func findfunc(pc uintptr) funcInfo {
	datap := findmoduledatap(pc)
	if datap == nil {
		return funcInfo{}
	}
	pcOff, ok := datap.textOff(pc)
	if !ok {
		return funcInfo{}
	}
	idx := min(pcOff-datap.ftab[0].entryoff, uint32(len(datap.ftab))-2) // the last entry is the end of the text
	for datap.ftab[idx].entryoff > pcOff {
		idx--
	}
	return funcInfo{(*_func)(unsafe.Pointer(&datap.pclntable[datap.ftab[idx].funcoff])), datap}
}
