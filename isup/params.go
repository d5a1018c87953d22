package isup

// ituParams are the parameters of Q.763; rows end with the clause of Q.763 (12/1999) that describes the parameter where
// it is known here.
var ituParams = [256]param{
	EndOfOptional:          {"end of optional parameters", nil},                                                // 3.20
	CallReference:          {"call reference", nil},                                                            // 3.8
	TMR:                    {"transmission medium requirement", showMedium},                                    // 3.54
	AccessTransport:        {"access transport", nil},                                                          // 3.3
	CalledNumber:           {"called party number", showCalled},                                                // 3.9
	SubsequentNum:          {"subsequent number", showSubsequent},                                              // 3.51
	NatureOfConnection:     {"nature of connection indicators", showBits(1, natureBits)},                       // 3.35
	ForwardCall:            {"forward call indicators", showBits(2, forwardBits)},                              // 3.23
	OptionalForwardCall:    {"optional forward call indicators", showBits(1, optionalForwardBits)},             // 3.38
	CallingCategory:        {"calling party's category", showCategory},                                         // 3.11
	CallingNumber:          {"calling party number", showParty},                                                // 3.10
	RedirectingNumber:      {"redirecting number", showParty},                                                  // 3.44
	RedirectionNumber:      {"redirection number", showCalled},                                                 // 3.46
	ConnectionRequest:      {"connection request", nil},                                                        // 3.17
	InformationRequest:     {"information request indicators", showBits(2, requestBits)},                       // 3.29
	Information:            {"information indicators", showBits(2, informationBits)},                           // 3.28
	Continuity:             {"continuity indicators", showBits(1, continuityBits)},                             // 3.18
	BackwardCall:           {"backward call indicators", showBits(2, backwardBits)},                            // 3.5
	CauseIndicators:        {"cause indicators", showCause},                                                    // 3.12
	RedirectionInfo:        {"redirection information", showBits(1, redirectionBits)},                          // 3.45
	SupervisionType:        {"circuit group supervision message type indicator", showBits(1, supervisionBits)}, // 3.13
	RangeAndStatus:         {"range and status", showRange},                                                    // 3.43
	CallModification:       {"call modification indicators", nil},                                              // of 1988
	FacilityIndicator:      {"facility indicator", nil},                                                        // 3.22
	FacilityInformation:    {"facility information indicators", nil},                                           // of 1984
	CUGInterlock:           {"closed user group interlock code", nil},                                          // 3.15
	Index:                  {"index", nil},                                                                     // of 1984
	CUGCheckResponse:       {"CUG check response indicators", nil},                                             // of 1984
	UserService:            {"user service information", nil},                                                  // 3.57
	SignallingPointCode:    {"signalling point code", nil},                                                     // 3.50
	UserToUser:             {"user-to-user information", nil},                                                  // 3.61
	ConnectedNumber:        {"connected number", showParty},                                                    // 3.16
	SuspendResume:          {"suspend/resume indicators", showBits(1, suspendBits)},                            // 3.52
	TransitNetwork:         {"transit network selection", nil},                                                 // 3.53
	EventInformation:       {"event information", showEvent},                                                   // 3.21
	AssignmentMap:          {"circuit assignment map", nil},                                                    // 3.69
	CircuitState:           {"circuit state indicator", showStates},                                            // 3.14
	CongestionLevel:        {"automatic congestion level", nil},                                                // 3.4
	OriginalCalled:         {"original called number", showParty},                                              // 3.39
	OptionalBackward:       {"optional backward call indicators", showBits(1, optionalBackwardBits)},           // 3.37
	UserToUserIndicators:   {"user-to-user indicators", nil},                                                   // 3.60
	OriginationISC:         {"origination ISC point code", nil},                                                // 3.40
	GenericNotification:    {"generic notification indicator", showNotification},                               // 3.25
	CallHistory:            {"call history information", nil},                                                  // 3.7
	AccessDelivery:         {"access delivery information", nil},                                               // 3.2
	NetworkFacility:        {"network specific facility", nil},                                                 // 3.36
	UserServicePrime:       {"user service information prime", nil},                                            // 3.58
	PropagationDelay:       {"propagation delay counter", showDelay},                                           // 3.42
	RemoteOperations:       {"remote operations", nil},                                                         // 3.48
	ServiceActivation:      {"service activation", nil},                                                        // 3.49
	UserTeleservice:        {"user teleservice information", nil},                                              // 3.59
	MediumUsed:             {"transmission medium used", showMedium},                                           // 3.56
	CallDiversion:          {"call diversion information", showBits(1, diversionBits)},                         // 3.6
	EchoControl:            {"echo control information", nil},                                                  // 3.19
	MessageCompatibility:   {"message compatibility information", showBits(1, compatibilityBits)},              // 3.33
	ParameterCompatibility: {"parameter compatibility information", nil},                                       // 3.41
	MLPPPrecedence:         {"MLPP precedence", nil},                                                           // 3.34
	MCIDRequest:            {"MCID request indicators", nil},                                                   // 3.31
	MCIDResponse:           {"MCID response indicators", nil},                                                  // 3.32
	HopCounter:             {"hop counter", showHops},                                                          // 3.80
	TMRPrime:               {"transmission medium requirement prime", showMedium},                              // 3.55
	LocationNumber:         {"location number", showParty},                                                     // 3.30
	RedirectionRestriction: {"redirection number restriction", nil},                                            // 3.47
	Freephone:              {"freephone indicators", nil},
	GenericReference:       {"generic reference", nil},                                               // 3.27
	CallTransferReference:  {"call transfer reference", nil},                                         // 3.65
	LoopPrevention:         {"loop prevention indicators", nil},                                      // 3.67
	CallTransferNumber:     {"call transfer number", nil},                                            // 3.64
	CCSS:                   {"CCSS", nil},                                                            // 3.63
	ForwardGVNS:            {"forward GVNS", nil},                                                    // 3.66
	BackwardGVNS:           {"backward GVNS", nil},                                                   // 3.62
	RedirectCapability:     {"redirect capability", nil},                                             // 3.96
	NetworkControls:        {"network management controls", nil},                                     // 3.68
	CorrelationID:          {"correlation id", nil},                                                  // 3.70
	SCFID:                  {"SCF id", nil},                                                          // 3.71
	DiversionTreatment:     {"call diversion treatment indicators", nil},                             // 3.72
	CalledINNumber:         {"called IN number", showParty},                                          // 3.73
	OfferingTreatment:      {"call offering treatment indicators", nil},                              // 3.74
	ChargedParty:           {"charged party identification", nil},                                    // 3.75
	ConferenceTreatment:    {"conference treatment indicators", nil},                                 // 3.76
	DisplayInformation:     {"display information", nil},                                             // 3.77
	UIDAction:              {"UID action indicators", nil},                                           // 3.78
	UIDCapability:          {"UID capability indicators", nil},                                       // 3.79
	RedirectCounter:        {"redirect counter", nil},                                                // 3.97
	ApplicationTransport:   {"application transport", nil},                                           // 3.82
	CollectCall:            {"collect call request", nil},                                            // 3.81
	CCNRPossible:           {"CCNR possible indicator", nil},                                         // 3.83
	PivotCapability:        {"pivot capability", nil},                                                // 3.84
	PivotRouting:           {"pivot routing indicators", nil},                                        // 3.85
	CalledDirectoryNumber:  {"called directory number", nil},                                         // 3.86
	OriginalCalledIN:       {"original called IN number", showParty},                                 // 3.87
	CallingLocation:        {"calling geodetic location", nil},                                       // 3.88
	HTRInformation:         {"HTR information", nil},                                                 // 3.89
	NetworkRoutingNumber:   {"network routing number", nil},                                          // 3.90
	QoRCapability:          {"query on release (QoR) capability", nil},                               // 3.91
	PivotStatus:            {"pivot status", nil},                                                    // 3.92
	PivotCounter:           {"pivot counter", nil},                                                   // 3.93
	PivotForward:           {"pivot routing forward information", nil},                               // 3.94
	PivotBackward:          {"pivot routing backward information", nil},                              // 3.95
	RedirectStatus:         {"redirect status", nil},                                                 // 3.98
	RedirectForward:        {"redirect forward information", nil},                                    // 3.99
	RedirectBackward:       {"redirect backward information", nil},                                   // 3.100
	NumberPortability:      {"number portability forward information", showBits(1, portabilityBits)}, // 3.101
	ForwardCAT:             {"forward CAT indicators", nil},
	BackwardCAT:            {"backward CAT indicators", nil},
	AutomaticRerouting:     {"automatic re-routing", nil},
	IEPSCall:               {"IEPS call information", nil},
	VEDInformation:         {"VED information", nil},
	GenericNum:             {"generic number", showGeneric}, // 3.26
	GenericDigits:          {"generic digits", nil},         // 3.24
}

// ansiParams adds what T1.113 has beside them.
var ansiParams = paramsWith(&ituParams, map[Code]param{
	CauseIndicators:       {"cause indicators", showCauseANSI},
	GenericNum:            {"generic address", showGenericANSI},
	OperatorServices:      {"operator services information", nil},
	Egress:                {"egress", nil},
	Jurisdiction:          {"jurisdiction", nil},
	CarrierIdentification: {"carrier identification", nil},
	BusinessGroup:         {"business group", nil},
	GenericName:           {"generic name", nil},
	Notification:          {"notification indicator", nil},
	ServiceActivationANSI: {"service activation", nil},
	TransactionRequest:    {"transaction request", nil},
	LocalServiceProvider:  {"local service provider information", nil},
	GroupCharacteristic:   {"circuit group characteristic indicator", showBits(1, groupBits)},
	ValidationResponse:    {"circuit validation response indicator", nil},
	OutgoingTrunkGroup:    {"outgoing trunk group number", nil},
	CircuitName:           {"circuit identification name", nil},
	CLLI:                  {"CLLI code", nil},
	OriginatingLine:       {"originating line information", nil},
	ChargeNumber:          {"charge number", showChargeNumber},
	ServiceCode:           {"service code indicator", nil},
	SpecialProcessing:     {"special processing request", nil},
	CarrierSelection:      {"carrier selection information", nil},
	NetworkTransport:      {"network transport", nil},
})
