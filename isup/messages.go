package isup

// Layouts that several messages share.
var (
	noParts      = &layout{}
	optionalOnly = &layout{optional: true}
	backwardPart = &layout{fixed: []fixed{{BackwardCall, 2}}, optional: true}
	suspendPart  = &layout{fixed: []fixed{{SuspendResume, 1}}, optional: true}
	causePart    = &layout{variable: []Code{CauseIndicators}, optional: true}
	rangePart    = &layout{variable: []Code{RangeAndStatus}}
	groupPart    = &layout{fixed: []fixed{{SupervisionType, 1}}, variable: []Code{RangeAndStatus}}
	modifyPart   = &layout{fixed: []fixed{{CallModification, 1}}, optional: true}
	facilityPart = &layout{fixed: []fixed{{FacilityIndicator, 1}}, optional: true}
)

// ituMessages are the messages of Q.763; those of 1984 and 1988 that it no longer has are read as they were then. The
// codes 0A, 0B and 39 to 3D (hex) are reserved and named nowhere. Messages without a layout have a body that another
// text lays out (PAM) or a nation does (CRG, SDN), or one that is not known here. Rows end with the table of Q.763
// where it is known here.
var ituMessages = [256]message{
	IAM: {"IAM", "initial address", &layout{ // table 32
		fixed:    []fixed{{NatureOfConnection, 1}, {ForwardCall, 2}, {CallingCategory, 1}, {TMR, 1}},
		variable: []Code{CalledNumber},
		optional: true,
	}},
	SAM:  {"SAM", "subsequent address", &layout{variable: []Code{SubsequentNum}, optional: true}},          // table 35
	INR:  {"INR", "information request", &layout{fixed: []fixed{{InformationRequest, 2}}, optional: true}}, // table 31
	INF:  {"INF", "information", &layout{fixed: []fixed{{Information, 2}}, optional: true}},
	COT:  {"COT", "continuity", &layout{fixed: []fixed{{Continuity, 1}}}}, // table 28
	ACM:  {"ACM", "address complete", backwardPart},                       // table 21
	CON:  {"CON", "connect", backwardPart},                                // table 27
	FOT:  {"FOT", "forward transfer", optionalOnly},
	ANM:  {"ANM", "answer", optionalOnly},                                    // table 22
	REL:  {"REL", "release", causePart},                                      // table 33
	SUS:  {"SUS", "suspend", suspendPart},                                    // table 38
	RES:  {"RES", "resume", suspendPart},                                     // table 38
	RLC:  {"RLC", "release complete", &layout{optional: true, mayEnd: true}}, // table 34
	CCR:  {"CCR", "continuity check request", noParts},                       // table 39
	RSC:  {"RSC", "reset circuit", noParts},                                  // table 39
	BLO:  {"BLO", "blocking", noParts},                                       // table 39
	UBL:  {"UBL", "unblocking", noParts},                                     // table 39
	BLA:  {"BLA", "blocking acknowledgement", noParts},                       // table 39
	UBA:  {"UBA", "unblocking acknowledgement", noParts},                     // table 39
	GRS:  {"GRS", "circuit group reset", rangePart},                          // table 41
	CGB:  {"CGB", "circuit group blocking", groupPart},                       // table 40
	CGU:  {"CGU", "circuit group unblocking", groupPart},                     // table 40
	CGBA: {"CGBA", "circuit group blocking acknowledgement", groupPart},      // table 40
	CGUA: {"CGUA", "circuit group unblocking acknowledgement", groupPart},    // table 40
	CMR:  {"CMR", "call modification request", modifyPart},
	CMC:  {"CMC", "call modification completed", modifyPart},
	CMRJ: {"CMRJ", "call modification reject", &layout{
		fixed:    []fixed{{CallModification, 1}},
		variable: []Code{CauseIndicators},
		optional: true,
	}},
	FAR: {"FAR", "facility request", facilityPart},
	FAA: {"FAA", "facility accepted", facilityPart},
	FRJ: {"FRJ", "facility reject", &layout{
		fixed:    []fixed{{FacilityIndicator, 1}},
		variable: []Code{CauseIndicators},
		optional: true,
	}},
	FAD:  {"FAD", "facility deactivated", nil},
	FAI:  {"FAI", "facility information", nil},
	LPA:  {"LPA", "loop back acknowledgement", noParts},
	CSVR: {"CSVR", "CUG selection and validation request", nil},
	CSVS: {"CSVS", "CUG selection and validation response", nil},
	DRS:  {"DRS", "delayed release", causePart},
	PAM:  {"PAM", "pass-along", nil},
	GRA:  {"GRA", "circuit group reset acknowledgement", rangePart}, // table 25
	CQM:  {"CQM", "circuit group query", rangePart},
	CQR:  {"CQR", "circuit group query response", &layout{variable: []Code{RangeAndStatus, CircuitState}}},
	CPG:  {"CPG", "call progress", &layout{fixed: []fixed{{EventInformation, 1}}, optional: true}}, // table 23
	USR:  {"USR", "user-to-user information", &layout{variable: []Code{UserToUser}, optional: true}},
	UCIC: {"UCIC", "unequipped circuit identification code", noParts}, // table 39
	CFN:  {"CFN", "confusion", causePart},
	OLM:  {"OLM", "overload", noParts},
	CRG:  {"CRG", "charge information", nil},
	NRM:  {"NRM", "network resource management", optionalOnly},
	FAC:  {"FAC", "facility", optionalOnly},
	UPT:  {"UPT", "user part test", optionalOnly},
	UPA:  {"UPA", "user part available", optionalOnly},
	IDR:  {"IDR", "identification request", optionalOnly},
	IRS:  {"IRS", "identification response", optionalOnly},
	SGM:  {"SGM", "segmentation", optionalOnly},
	LOP:  {"LOP", "loop prevention", optionalOnly},
	APM:  {"APM", "application transport", optionalOnly},
	PRI:  {"PRI", "pre-release information", optionalOnly},
	SDN:  {"SDN", "subsequent directory number", nil},
}

// ansiMessages are those of T1.113: its IAM has no transmission medium requirement and a mandatory user service
// information, its RLC ends after the type.
var ansiMessages = messagesWith(&ituMessages, map[Type]message{
	IAM: {"IAM", "initial address", &layout{
		fixed:    []fixed{{NatureOfConnection, 1}, {ForwardCall, 2}, {CallingCategory, 1}},
		variable: []Code{UserService, CalledNumber},
		optional: true,
	}},
	RLC: {"RLC", "release complete", noParts},
	CRA: {"CRA", "circuit reservation acknowledgement", noParts},
	CRM: {"CRM", "circuit reservation", &layout{fixed: []fixed{{NatureOfConnection, 1}}}},
	CVR: {"CVR", "circuit validation response", &layout{
		fixed:    []fixed{{ValidationResponse, 1}, {GroupCharacteristic, 1}},
		optional: true,
	}},
	CVT: {"CVT", "circuit validation test", noParts},
	EXM: {"EXM", "exit", optionalOnly},
})
