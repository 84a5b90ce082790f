"""從事勞工健康服務醫師及護理人員之訓練機構認可及管理: accreditation and supervision of training institutions."""
