package isup

// Message types, Q.763 table 4 and T1.113.3; the full set with its names is in the tables of each variant.
const (
	IAM  Type = 0x01
	SAM  Type = 0x02
	INR  Type = 0x03
	INF  Type = 0x04
	COT  Type = 0x05
	ACM  Type = 0x06
	CON  Type = 0x07
	FOT  Type = 0x08
	ANM  Type = 0x09
	REL  Type = 0x0c
	SUS  Type = 0x0d
	RES  Type = 0x0e
	RLC  Type = 0x10
	CCR  Type = 0x11
	RSC  Type = 0x12
	BLO  Type = 0x13
	UBL  Type = 0x14
	BLA  Type = 0x15
	UBA  Type = 0x16
	GRS  Type = 0x17
	CGB  Type = 0x18
	CGU  Type = 0x19
	CGBA Type = 0x1a
	CGUA Type = 0x1b
	LPA  Type = 0x24
	PAM  Type = 0x28
	GRA  Type = 0x29
	CQM  Type = 0x2a
	CQR  Type = 0x2b
	CPG  Type = 0x2c
	UCIC Type = 0x2e
	CFN  Type = 0x2f
	SGM  Type = 0x38
)

// Parameter names, Q.763 table 5; those that a call record keeps or a message is told by.
const (
	EndOfOptional       Code = 0x00
	TMR                 Code = 0x02 // transmission medium requirement
	CalledNumber        Code = 0x04
	SubsequentNum       Code = 0x05
	NatureOfConnection  Code = 0x06
	ForwardCall         Code = 0x07 // forward call indicators
	OptionalForwardCall Code = 0x08
	CallingCategory     Code = 0x09 // calling party's category
	CallingNumber       Code = 0x0a
	RedirectingNumber   Code = 0x0b
	RedirectionNumber   Code = 0x0c
	InformationRequest  Code = 0x0e
	Information         Code = 0x0f
	Continuity          Code = 0x10
	BackwardCall        Code = 0x11 // backward call indicators
	CauseIndicators     Code = 0x12
	RedirectionInfo     Code = 0x13
	SupervisionType     Code = 0x15 // circuit group supervision message type indicator
	RangeAndStatus      Code = 0x16
	UserService         Code = 0x1d // user service information
	SuspendResume       Code = 0x22
	EventInformation    Code = 0x24
	CircuitState        Code = 0x26
	OriginalCalled      Code = 0x28
	OptionalBackward    Code = 0x29
)
